import { describe, expect, it } from "vitest";
import type { Field } from "@/kit/contract";
import { merged } from "./merge";

const FIELDS = ["name", "mobile", "roles"].map(
  (name) => ({ name, label: name, kind: "text", required: false }) as Field,
);
const BASE = { name: "李梅", mobile: "1", roles: [{ role: "a" }] };

describe("when somebody was faster", () => {
  it("what only they changed is taken, and what only I changed stays", () => {
    const { draft, clashes, taken } = merged(FIELDS, BASE, { ...BASE, name: "李美" }, { ...BASE, mobile: "2" });
    expect(draft).toEqual({ ...BASE, name: "李美", mobile: "2" });
    expect(clashes).toEqual([]);
    expect(taken.map(({ name }) => name)).toEqual(["mobile"]);
  });

  it("what both changed is for people to choose, and stays mine until then", () => {
    const theirs = { ...BASE, roles: [{ role: "c" }] };
    const { draft, clashes } = merged(FIELDS, BASE, { ...BASE, roles: [{ role: "b" }] }, theirs);
    expect(draft.roles).toEqual([{ role: "b" }]);
    expect(clashes).toEqual([{ field: FIELDS[2], mine: [{ role: "b" }], theirs: [{ role: "c" }] }]);
  });

  it("the same change of both is no clash", () => {
    const { clashes, taken } = merged(FIELDS, BASE, { ...BASE, name: "李美" }, { ...BASE, name: "李美" });
    expect([clashes, taken]).toEqual([[], []]);
  });
});
