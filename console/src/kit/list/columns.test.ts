import { describe, expect, it } from "vitest";
import { arranged, moved } from "./columns";

describe("columns", () => {
  it("stand in the order that was chosen", () => {
    expect(arranged(["a", "b", "c"], { order: ["c", "a", "b"], hidden: [] })).toEqual(["c", "a", "b"]);
  });

  it("that came since stand behind their neighbour, and those that are gone are dropped", () => {
    expect(arranged(["a", "new", "b"], { order: ["b", "gone", "a"], hidden: [] })).toEqual(["b", "a", "new"]);
    expect(arranged(["new", "a"], { order: ["a"], hidden: [] })).toEqual(["new", "a"]);
  });

  it("move by one place, and not beyond the ends", () => {
    expect(moved(["a", "b", "c"], "b", -1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b", "c"], "c", 1)).toEqual(["a", "b", "c"]);
    expect(moved(["a", "b"], "z", 1)).toEqual(["a", "b"]);
  });
});
