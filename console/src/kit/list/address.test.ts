import { describe, expect, it } from "vitest";
import type { Field } from "@/kit/contract";
import { beginning, read, request, turned, write, type Asking } from "./address";

const field = (name: string, kind: Field["kind"]) => ({ name, kind, label: name, required: false }) as Field;
const FILTERS = [
  field("status", "enum"),
  field("student_number", "number"),
  field("name", "name"),
  field("search", "free"),
  field("id_number", "number"),
  { ...field("numbers", "list"), items: field("number", "number") } as Field,
];
const asking = (changes: Partial<Asking>): Asking => ({ ...beginning(), ...changes });

describe("the address of a list", () => {
  it("holds filters, order, page and size, and gives them back", () => {
    const asked = asking({ filters: { status: "paid", student_number: "2632" }, sort: "-amount", page: 3, size: 100 });
    const { query, hidden } = write(FILTERS, asked);
    expect(query).toEqual({ status: "paid", student_number: "2632", sort: "-amount", page: "3", size: "100" });
    expect(read(FILTERS, query, hidden)).toEqual(asked);
  });

  it("never holds a name, a text or the number of an identity document", () => {
    const asked = asking({ filters: { name: "张晓明", search: "晓明", id_number: "11010519491231002X" } });
    const { query, hidden } = write(FILTERS, asked);
    expect(query).toEqual({});
    expect(read(FILTERS, query, hidden)).toEqual(asked);
  });

  it("takes no name out of an address, whoever wrote it there", () => {
    expect(read(FILTERS, { name: "张晓明" }, null).filters).toEqual({});
  });

  it("passes over what is no filter, no number and no order", () => {
    const found = read(FILTERS, { other: "1", page: "0", size: "7", sort: "a;b", status: null }, undefined);
    expect(found).toEqual(beginning());
  });

  it("keeps lists as lists, also with one value", () => {
    const asked = asking({ filters: { numbers: ["2632030906100001"] } });
    const { query } = write(FILTERS, asked);
    expect(read(FILTERS, { numbers: query.numbers as string[] }, {})).toEqual(asked);
    expect(read(FILTERS, { numbers: "2632030906100001" }, {})).toEqual(asked);
  });

  it("keeps numbers of 18 digits as they are", () => {
    const asked = asking({ filters: { student_number: "123456789012345678" } });
    expect(read(FILTERS, write(FILTERS, asked).query, {}).filters.student_number).toBe("123456789012345678");
  });

  it("leaves out filters that are empty", () => {
    expect(write(FILTERS, asking({ filters: { status: "", numbers: [] } })).query).toEqual({});
  });
});

describe("what the server is asked", () => {
  it("is a page's number, or what is behind a row, never both", () => {
    expect(request(asking({ page: 2 }))).toEqual({ size: 50, page: 2 });
    expect(request(asking({ page: 201, after: "0199" }))).toEqual({ size: 50, after: "0199" });
  });

  it("leaves the list's own order unsaid", () => {
    expect(request(beginning({ status: "paid" }))).toEqual({ status: "paid", size: 50 });
  });
});

describe("choosing a column's head", () => {
  it("sorts by it, then the other way round, then as the list does", () => {
    expect(turned("", "amount")).toBe("amount");
    expect(turned("amount", "amount")).toBe("-amount");
    expect(turned("-amount", "amount")).toBe("");
    expect(turned("-amount", "number")).toBe("number");
  });
});
