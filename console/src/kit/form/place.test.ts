import { describe, expect, it } from "vitest";
import { placed } from "./place";

const SHOWN = new Set(["name", "roles", "roles.0.role", "bill_ids"]);
const at = (...problems: [path: string, message: string][]) =>
  placed(
    problems.map(([path, message]) => ({ path, message, code: "x", title: path === "dry_run" ? "仅试算" : undefined })),
    (path) => SHOWN.has(path),
  );

describe("the server's problems", () => {
  it("stand at the fields that they are about", () => {
    expect(at(["name", "必填。"], ["roles.0.role", "只能是以下值之一。"]).errors).toEqual({
      name: "必填。",
      "roles.0.role": "只能是以下值之一。",
    });
  });

  it("stand at the innermost field that is shown", () => {
    expect(at(["bill_ids.17", "没有找到。"], ["roles.0.modules.2", "有重复项。"]).errors).toEqual({
      bill_ids: "没有找到。",
      roles: "有重复项。",
    });
  });

  it("are told above the form where no field is shown for them", () => {
    const { errors, rest } = at(["dry_run", "类型不对。"], ["", "内容不对。"]);
    expect(errors).toEqual({});
    expect(rest).toEqual(["仅试算：类型不对。", "内容不对。"]);
  });

  it("are one text at one field, each sentence once", () => {
    expect(at(["name", "必填。"], ["name", "格式不对。"], ["name", "必填。"]).errors.name).toBe("必填。 格式不对。");
  });
});
