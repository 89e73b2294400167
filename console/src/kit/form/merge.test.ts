import { describe, expect, it } from "vitest";
import type { Field } from "@/kit/contract";
import { merged, withTheirs } from "./merge";

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
    expect(clashes).toEqual([{ path: "roles", field: FIELDS[2], mine: [{ role: "b" }], theirs: [{ role: "c" }] }]);
  });

  it("the same change of both is no clash", () => {
    const { clashes, taken } = merged(FIELDS, BASE, { ...BASE, name: "李美" }, { ...BASE, name: "李美" });
    expect([clashes, taken]).toEqual([[], []]);
  });

  it("a group is merged field by field", () => {
    const contact = { name: "contact", label: "联系方式", kind: "object", required: true, fields: FIELDS } as Field;
    const [base, mine, theirs] = [BASE, { ...BASE, name: "李美", mobile: "2" }, { ...BASE, mobile: "3", roles: [] }];
    const { draft, clashes, taken } = merged([contact], { contact: base }, { contact: mine }, { contact: theirs });
    expect(clashes.map(({ path }) => path)).toEqual(["contact.mobile"]);
    expect(taken.map(({ name }) => name)).toEqual(["roles"]);
    expect(draft).toEqual({ contact: { name: "李美", mobile: "2", roles: [] } });
    expect(withTheirs(draft, clashes)).toEqual({ contact: { name: "李美", mobile: "3", roles: [] } });
  });
});
