import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AnyRequest, ListName } from "@/kit/contract";
import { button, enter, leave, shown, text } from "@/kit/testing";
import { listOf } from "./declare";
import PasteDialog from "./PasteDialog.vue";
import { canPaste, foundBy } from "./pasting";

const STUDENTS = [
  ["2632030906001", "王芳"],
  ["2632030906002", "王芳"],
  ["26320309060021", "李敏"],
  ["2632030906003", "买买提·吐尔逊"],
].map(([student_number, student_name], index) => ({ id: `selection-${index}`, student_number, student_name }));

let asked: AnyRequest[];
vi.mock("@/kit/untyped", () => ({
  callAny: (_: ListName, request: AnyRequest) => {
    asked.push(request);
    const has = (value?: string) => value?.startsWith(String(request.search));
    const items = STUDENTS.filter((row) => has(row.student_number) || has(row.student_name));
    return Promise.resolve({ items, next_after: null });
  },
}));
beforeEach(() => {
  asked = [];
});
afterEach(leave);

const LIST = { name: "courses.ListSelections", key: "id" } as const;
const found = (...cells: string[]) =>
  foundBy(cells, LIST, { state: "selected", page: 3 }, () => {}, new AbortController().signal);

describe("a pasted column", () => {
  it("finds the rows that are called exactly so, under the list's filters", async () => {
    const { rows, missing } = await found("2632030906002", "买买提·吐尔逊");
    expect([...rows.keys()]).toEqual(["selection-1", "selection-3"]);
    expect(missing).toEqual([]);
    expect(asked[0]).toMatchObject({ state: "selected", search: "2632030906002" });
    expect(asked[0]?.page).toBeUndefined();
  });

  it("tells what no row is called, the beginning of a number among them", async () => {
    const { rows, missing } = await found("263203090600", "赵");
    expect(rows.size).toBe(0);
    expect(missing).toEqual(["263203090600", "赵"]);
  });

  it("chooses nobody by a name that several people have", async () => {
    const { rows, ambiguous } = await found("王芳", "李敏");
    expect(ambiguous).toEqual(["王芳"]);
    expect([...rows.keys()]).toEqual(["selection-2"]);
  });

  it("sends no number of an identity document", async () => {
    expect((await found("32030119990101001X")).missing).toEqual(["32030119990101001X"]);
    expect(asked).toEqual([]);
  });

  it("asks for nothing that the list would refuse", async () => {
    const long = "9".repeat(200);
    expect((await found(long)).missing).toEqual([long]);
    expect(asked).toEqual([]);
  });

  it("needs a list that looks for texts", () => {
    expect(canPaste("courses.ListSelections")).toBe(true);
    expect(canPaste("registry.ListStudents")).toBe(true);
    expect(canPaste("courses.ListTerms")).toBe(false);
  });
});

describe("the dialog", () => {
  const dialog = (props: object = {}) =>
    shown(PasteDialog, {
      list: listOf("courses.ListSelections", { columns: ["student_number"] }),
      asked: {},
      ...props,
    });
  const area = () => document.querySelector("textarea")!;

  it("chooses what a sheet's column names, and lists the others", async () => {
    const onFound = vi.fn();
    await dialog({ onFound });
    await vi.waitFor(() => expect(area()).toBeTruthy());
    enter(area(), "２６３２０３０９０６００１\r\n999\r\n2632030906001\r\n");
    await vi.waitFor(() => expect(text()).toContain("共 2 个"));
    button("查找并选择").click();
    await vi.waitFor(() => expect(text()).toContain("1 个没有找到：999"));
    expect([...(onFound.mock.calls[0]?.[0] as Map<string, unknown>).keys()]).toEqual(["selection-0"]);
  });

  it("takes no more than can be looked for", async () => {
    await dialog();
    await vi.waitFor(() => expect(area()).toBeTruthy());
    enter(area(), Array.from({ length: 501 }, (_, index) => `26${index}`).join("\n"));
    await vi.waitFor(() => expect(text()).toContain("共 501 个"));
    button("查找并选择").click();
    await vi.waitFor(() => expect(text()).toContain("至多 500 项"));
    expect(asked).toEqual([]);
  });
});
