import { describe, expect, it } from "vitest";
import type { Field } from "@/kit/contract";
import { arranged, columnsOfFiles, moved } from "./columns";

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

describe("columns of a file", () => {
  it("are what fits into a cell: what is shown in its order, then what is not", () => {
    const kinds = { id: "id", number: "number", note: "free", bills: "list", amount: "money", version: "integer" };
    const answer = Object.entries(kinds).map(([name, kind]) => ({ name, kind, label: name, required: true }) as Field);
    expect(columnsOfFiles(answer, ["amount", "number"]).map(({ name }) => name)).toEqual(["amount", "number", "note"]);
  });
});
