import { describe, expect, it, vi } from "vitest";

vi.mock("@/kit/contract", () => ({
  choice: (_: string, value: string) => ({ days: "天", system_admin: "系统管理员" })[value] ?? value,
}));
vi.mock("@/kit/text/show", () => ({ NOTHING: "—" }));

import { fieldOfSchema, shownValue } from "./values";

describe("a setting's value", () => {
  it("is entered as its schema says", () => {
    expect(fieldOfSchema({ type: "integer", minimum: 0, maximum: 30 })).toMatchObject({
      kind: "integer",
      min: 0,
      max: 30,
    });
    expect(fieldOfSchema({ type: "boolean" })).toMatchObject({ kind: "boolean" });
    expect(fieldOfSchema({ type: "string", minLength: 1, maxLength: 60 })).toMatchObject({
      kind: "title",
      max_length: 60,
    });
    expect(fieldOfSchema({ type: "string", contentMediaType: "image/png", maxLength: 65536 })).toMatchObject({
      kind: "picture",
    });
  });

  it("is some of several choices where its schema has a list of them", () => {
    const roles = { type: "array", maxItems: 11, items: { $ref: "#/$defs/Role" }, $defs: { Role: { title: "Role" } } };
    expect(fieldOfSchema(roles)).toMatchObject({ kind: "list", items: { kind: "enum", choices: "Role" } });
    expect(shownValue(["system_admin"], null, roles)).toBe("系统管理员");
    expect(shownValue([], null, roles)).toBe("—");
  });

  it("is read with its unit, and a picture is not read at all", () => {
    expect(shownValue(3, "days")).toBe("3 天");
    expect(shownValue("开放大学")).toBe("开放大学");
    expect(shownValue(false)).toBe("否");
    expect(shownValue("iVBO".repeat(100))).toBe("（图片）");
    expect(shownValue("")).toBe("—");
  });
});
