import { describe, expect, it, vi } from "vitest";

const call = vi.hoisted(() => vi.fn());
vi.mock("@/kit/untyped", () => ({ callAny: call }));

import { allFound, none, pageState, toggled, withPage } from "./selection";

const row = (id: string) => ({ id });
const page = (...ids: string[]) => new Map(ids.map((id) => [id, row(id)]));

describe("chosen rows", () => {
  it("stay chosen on other pages", () => {
    const chosen = withPage(withPage(none, page("a", "b"), true), page("c"), true);
    expect([...chosen.keys()]).toEqual(["a", "b", "c"]);
    expect([...withPage(chosen, page("a", "b"), false).keys()]).toEqual(["c"]);
  });

  it("are chosen and left one by one", () => {
    const one = toggled(none, "a", row("a"));
    expect(one.has("a")).toBe(true);
    expect(toggled(one, "a", row("a")).size).toBe(0);
  });

  it("tell whether all, some or none of a page are chosen", () => {
    expect(pageState(none, page("a"))).toBe("none");
    expect(pageState(page("a", "z"), page("a", "b"))).toBe("some");
    expect(pageState(page("a", "b"), page("a", "b"))).toBe("all");
  });
});

describe("all that were found", () => {
  const find = (most: number) =>
    allFound(
      "finance.ListBills",
      { status: "paid", page: 4 },
      ({ id }) => String(id),
      most,
      () => {},
      new AbortController().signal,
    );

  it("come page by page behind the last row seen, under the list's filters", async () => {
    call.mockReset();
    call.mockResolvedValueOnce({ items: [row("a"), row("b")], next_after: "b" });
    call.mockResolvedValueOnce({ items: [row("c")], next_after: null });
    expect([...(await find(100)).keys()]).toEqual(["a", "b", "c"]);
    expect(call.mock.calls.map(([, asked]) => asked)).toEqual([
      { status: "paid", size: 200 },
      { status: "paid", size: 200, after: "b" },
    ]);
  });

  it("end at the most that an action takes", async () => {
    call.mockReset();
    call.mockResolvedValue({ items: [row("a"), row("b"), row("c")], next_after: "c" });
    expect((await find(2)).size).toBe(2);
    expect(call).toHaveBeenCalledTimes(1);
  });
});
