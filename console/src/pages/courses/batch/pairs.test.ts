import { describe, expect, it } from "vitest";
import { isWhole, pairsOf, reasonsOf, type BatchResult } from "./pairs";

const refusal = (code: string) => ({ code, params: {}, message: code });
const pair = (student_id: string, course_id: string, ...codes: string[]) => ({
  student_id,
  course_id,
  refusals: codes.map(refusal),
});
const result = (more: Partial<BatchResult>): BatchResult => ({
  task: null,
  dry_run: true,
  selected: 0,
  skipped: 0,
  refused: 0,
  skipped_pairs: [],
  refused_pairs: [],
  ...more,
});

describe("what a batch does", () => {
  it("is told of every student with every course", () => {
    const answer = result({
      selected: 2,
      skipped: 1,
      refused: 1,
      skipped_pairs: [pair("s", "b", "already_selected")],
      refused_pairs: [pair("t", "a", "student_not_active", "status_change_open")],
    });
    expect(pairsOf(answer, ["s", "t"], ["a", "b"])).toEqual([
      { student: "s", course: "a", outcome: "selected", reasons: [] },
      { student: "s", course: "b", outcome: "skipped", reasons: ["already_selected"] },
      { student: "t", course: "a", outcome: "refused", reasons: ["student_not_active", "status_change_open"] },
      { student: "t", course: "b", outcome: "selected", reasons: [] },
    ]);
  });

  it("is told of those alone that a long answer names: of others nobody knows", () => {
    const answer = result({ selected: 3000, refused: 1001, refused_pairs: [pair("t", "a", "not_found")] });
    expect(isWhole(answer)).toBe(false);
    expect(pairsOf(answer, ["s", "t"], ["a"])).toHaveLength(1);
  });

  it("groups by reason, the commonest first", () => {
    const pairs = pairsOf(
      result({ refused: 3, refused_pairs: [pair("s", "a", "x"), pair("s", "b", "y"), pair("t", "b", "y")] }),
      ["s", "t"],
      ["a", "b"],
    );
    expect(reasonsOf(pairs)).toEqual([
      { sentence: "y", count: 2 },
      { sentence: "x", count: 1 },
    ]);
  });
});
