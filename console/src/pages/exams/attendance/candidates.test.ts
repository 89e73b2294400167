import { describe, expect, it } from "vitest";
import { byNumbers, looked, type Candidate } from "./candidates";

const candidate = (id: string, student_number: string | null, student_name: string) =>
  ({ id, student_number, student_name }) as Candidate;
const CANDIDATES = [
  candidate("a", "2026360001", "王小明"),
  candidate("b", "2026360002X", "李四"),
  candidate("c", null, "王五"),
];

describe("candidates of a session", () => {
  it("are found by a pasted column of numbers, each once, and the others are told", () => {
    const { ids, unknown } = byNumbers(CANDIDATES, "2026360001\n2026360002x\n2026360001\n9999\n");
    expect(ids).toEqual(["a", "b"]);
    expect(unknown).toEqual(["9999"]);
  });

  it("are looked for by the beginning of a number or a part of a name", () => {
    expect(looked(CANDIDATES, "20263600").map(({ id }) => id)).toEqual(["a", "b"]);
    expect(looked(CANDIDATES, " 王 ").map(({ id }) => id)).toEqual(["a", "c"]);
    expect(looked(CANDIDATES, "")).toHaveLength(3);
  });
});
