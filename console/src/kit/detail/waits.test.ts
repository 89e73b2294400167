import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { leave, shown, text } from "@/kit/testing";
import { callAny } from "@/kit/untyped";
import { detailPage } from "./declare";

const NUMBER = "263203090200001";
const LONG = 10_000; // milliseconds: more than there is between two looks

vi.mock("@/kit/untyped", () => ({ callAny: vi.fn() }));
beforeEach(() => vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => {
  leave();
  vi.useRealTimers();
});

it("reads a row anew as long as something of it is on its way, and no longer", async () => {
  const answer = (student_number: string | null) => Promise.resolve({ number: "1", student_number });
  vi.mocked(callAny).mockReturnValueOnce(answer(null)).mockReturnValue(answer(NUMBER));
  const page = detailPage("enrollment.GetApplication", {
    title: ({ number }) => number,
    tabs: [{ facts: ["student_number"] }],
    waits: ({ student_number }) => student_number === null,
  });
  const root = await shown(page);
  await vi.waitFor(() => expect(text(root)).toContain("学号—"));
  vi.advanceTimersByTime(LONG);
  await vi.waitFor(() => expect(text(root)).toContain(NUMBER));
  vi.mocked(callAny).mockClear();
  vi.advanceTimersByTime(LONG);
  expect(callAny).not.toHaveBeenCalled();
});
