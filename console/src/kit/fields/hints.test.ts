import table from "generated/operations.json";
import { describe, expect, it } from "vitest";
import { itemOf, type Field, type Operation } from "@/kit/contract";
import { hintOf } from "./hints";

const field = (kind: Field["kind"], more: Partial<Field> = {}): Field =>
  ({ name: "x", label: "x", kind, required: false, ...more }) as Field;

const inside = (each: Field): Field[] => [each, ...(each.fields ?? []).flatMap(inside), ...items(each)];
const items = (each: Field): Field[] => (each.items ? (itemOf(each).fields ?? []).flatMap(inside) : []);
/** Sent without a form: from the gateway's own page, and with what a provider gave. */
const FORMLESS = new Set(["registry.CheckDocument", "identity.FinishUnifiedSignIn"]);
const commands = Object.entries(table as unknown as Record<string, Operation>).filter(
  ([name, each]) => each.is_command && !FORMLESS.has(name),
);
/** What no form asks for: names of the code, and what a browser keeps or computes. */
const CODE = /^\^-?\[a-z\]/;
const KEPT = new Set(["browser_token", "device_token", "refresh_token", "offer", "work"]);
const isAsked = ({ name, pattern, items: each }: Field) =>
  !KEPT.has(name) && !CODE.test(pattern ?? each?.pattern ?? "");

describe("what is said below a field", () => {
  it("is how long it may be, how large, how many there may be", () => {
    expect(hintOf(field("free", { max_length: 500, min_length: 1 }))).toBe("最多 500 个字");
    expect(hintOf(field("secret", { max_length: 64, min_length: 8, pattern: "x" }))).toBe("8 至 64 个字符");
    expect(hintOf(field("integer", { min: 0, max: 100 }))).toBe("0 至 100 的整数");
    expect(hintOf(field("list", { max_items: 10, items: { kind: "file" } }))).toBe("最多 10 个文件");
  });

  it("is what its pattern wants, with an example", () => {
    const mobile = field("number", { hint: "11 位手机号码", pattern: "^1", example: "13912345678" });
    expect(hintOf(mobile)).toBe("11 位手机号码；例如 13912345678");
  });

  it("is nothing where people choose, or enter what they know", () => {
    expect(hintOf(field("enum", { choices: "Level", example: "bachelor" }))).toBe("");
    expect(hintOf(field("secret", { max_length: 128 }))).toBe("");
    expect(hintOf(field("day"))).toBe("");
  });

  it.each(commands)("is there for each field of %s that has a pattern", (_, { request }) => {
    const patterned = request.flatMap(inside).filter((each) => (each.pattern ?? each.items?.pattern) !== undefined);
    const silent = patterned.filter((each) => isAsked(each) && hintOf(each) === "");
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});
