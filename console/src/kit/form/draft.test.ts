import { describe, expect, it } from "vitest";
import type { Field } from "@/kit/contract";
import { checked } from "./check";
import { draftOf, isChanged, requestOf } from "./draft";

const field = (name: string, kind: Field["kind"], more: Partial<Field> = {}) =>
  ({ name, kind, label: name, required: false, ...more }) as Field;
const FIELDS = [
  field("name", "name", { required: true, max_length: 4 }),
  field("amount", "money", { pattern: "^[0-9]{1,10}(\\.[0-9]{1,2})?$" }),
  field("days", "integer", { min: 0, max: 30 }),
  field("longitude", "decimal"),
  field("credits", "decimal", { pattern: "^[0-9]{1,3}(\\.[0-9])?$" }),
  field("on", "day"),
  field("closes_at", "instant"),
  field("wanted", "boolean"),
  field("open", "boolean", { nullable: true }),
  field("ids", "list", { items: { kind: "id" }, max_items: 2 }),
  field("address", "object", { fields: [field("city", "title", { required: true }), field("street", "title")] }),
  field("roles", "list", {
    items: { kind: "object", fields: [field("role", "enum", { required: true, choices: "Role" })] },
  }),
  field("file", "file"),
];
const ID = "0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f";
const sent = (changes: Record<string, unknown>, given = {}) =>
  requestOf(FIELDS, { ...draftOf(FIELDS, given), ...changes }, given);

describe("what is sent of a form", () => {
  it("is nothing of what is empty, but whether something is ticked", () => {
    expect(sent({})).toEqual({ wanted: false });
  });

  it("is what the contract takes of each kind: money and credits as text, counts and degrees as numbers", () => {
    expect(sent({ amount: "385.00", days: "7", longitude: "117.28", credits: "4.0", open: "false" })).toEqual({
      amount: "385.00",
      days: 7,
      longitude: 117.28,
      credits: "4.0",
      open: false,
      wanted: false,
    });
  });

  it("keeps long numbers as text", () => {
    const numbers = [field("number", "number"), field("count", "integer")];
    expect(requestOf(numbers, { number: "123456789012345678", count: "123456789012345678" })).toEqual({
      number: "123456789012345678",
      count: "123456789012345678", // the server says what is wrong; no digit is made up
    });
  });

  it("is days and China's minutes, however they are written", () => {
    expect(sent({ on: "2026年9月1日", closes_at: "2026/9/1 8:00" })).toMatchObject({
      on: "2026-09-01",
      closes_at: "2026-09-01T08:00:00+08:00",
    });
  });

  it("leaves an instant as it was, to the second, where nobody changed it", () => {
    const given = { closes_at: "2026-10-14T15:59:59Z" };
    expect(draftOf(FIELDS, given).closes_at).toBe("2026-10-14 23:59");
    expect(sent({}, given).closes_at).toBe("2026-10-14T15:59:59Z");
    expect(sent({ closes_at: "2026-10-14 23:58" }, given).closes_at).toBe("2026-10-14T23:58:00+08:00");
  });

  it("has objects and rows of objects inside", () => {
    expect(sent({ address: { city: "徐州市", street: "" }, roles: [{ role: "student" }] })).toMatchObject({
      address: { city: "徐州市" },
      roles: [{ role: "student" }],
    });
  });

  it("empties a list that had something", () => {
    expect(sent({ ids: [] }, { ids: [ID] }).ids).toEqual([]);
    expect(sent({ ids: [] })).not.toHaveProperty("ids");
  });

  it("leaves out a list that must have some where there is one", () => {
    const points = [field("ids", "list", { items: { kind: "id" }, min_items: 1, nullable: true })];
    expect(requestOf(points, { ids: [] }, { ids: [ID] })).toEqual({});
  });
});

describe("a form", () => {
  it("is changed once something else stands in it", () => {
    const begun = draftOf(FIELDS, { name: "张晓明" });
    expect(isChanged({ ...begun }, begun)).toBe(false);
    expect(isChanged({ ...begun, name: "张晓" }, begun)).toBe(true);
  });
});

describe("a group that may be left out", () => {
  const tick: Field = { name: "needed", label: "需要", kind: "boolean", required: false, default: true };
  const mark: Field = { name: "mark", label: "成绩", kind: "integer", required: true };
  const group: Field = { name: "degree", label: "学位条件", kind: "object", required: false, fields: [mark, tick] };

  it("is left out when nobody filled it in, whatever its ticks begin with", () => {
    expect(requestOf([group], draftOf([group]))).toEqual({});
    expect(requestOf([group], draftOf([group], { degree: null }), { degree: null })).toEqual({});
    expect(requestOf([group], { degree: { mark: "80", needed: true } })).toEqual({
      degree: { mark: 80, needed: true },
    });
  });
});

describe("what the contract says against a form", () => {
  const errors = (request: Record<string, unknown>) => checked(FIELDS, { name: "张", ...request });

  it("is told at each field, inside of objects and lists too", () => {
    expect(errors({ name: undefined, address: {}, roles: [{}], ids: [ID, "x"] })).toEqual({
      name: "必填。",
      "address.city": "必填。",
      "roles.0.role": "请选择。",
      "ids.1": "请从列表中选择。",
    });
  });

  it("is ranges, patterns, lengths and kinds", () => {
    expect(errors({ days: 31, amount: "1.234", on: "2026-02-30x", closes_at: "明天", longitude: "东" })).toEqual({
      days: "不能大于 30。",
      amount: "格式不对，请按示例填写。",
      on: "请填写日期，例如 2026-09-01。",
      closes_at: "请填写日期和时间，例如 2026-09-01 08:00。",
      longitude: "请填写数字。",
    });
    expect(errors({ ids: [ID, ID, ID] }).ids).toBe("至多 2 项，请分批提交。");
  });

  it("counts a rare character as one, as the server does", () => {
    expect(errors({ name: "𠮷田𡈽𠮷" })).toEqual({});
    expect(errors({ name: "𠮷田𡈽𠮷田" }).name).toBe("至多 4 个字符。");
  });

  it("is nothing where all is well", () => {
    expect(errors({ amount: "385.00", days: 0, on: "2026-09-01", ids: [ID] })).toEqual({});
  });
});
