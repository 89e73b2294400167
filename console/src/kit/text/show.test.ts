import { describe, expect, it, vi } from "vitest";
import type { Field } from "@/kit/contract";

vi.mock("@/kit/contract", () => ({
  choice: (_: string, value: string) => ({ paid: "已缴费", a: "甲", b: "乙" })[value] ?? value,
  itemOf: (field: Field) => ({ ...field, ...field.items }),
}));

import { shown, shownMoney, shownSize, shownTotal } from "./show";

const field = (kind: Field["kind"], more: Partial<Field> = {}) =>
  ({ name: "x", label: "x", kind, required: false, ...more }) as Field;

describe("what is shown", () => {
  it("is money with its thousands apart, to the last digit", () => {
    expect(shownMoney("1234567.50")).toBe("1,234,567.50");
    expect(shownMoney("-385.00")).toBe("-385.00");
    expect(shown(field("money"), "9007199254740993.01")).toBe("9,007,199,254,740,993.01");
  });

  it("is words for codes, yes and no, and China's time", () => {
    expect(shown(field("enum", { choices: "BillStatus" }), "paid")).toBe("已缴费");
    expect(shown(field("boolean"), false)).toBe("否");
    expect(shown(field("instant"), "2026-08-31T16:30:00Z")).toBe("2026-09-01 00:30");
    expect(shown(field("list", { items: { kind: "enum", choices: "X" } }), ["a", "b"])).toBe("甲、乙");
  });

  it("is a dash for nothing, and 0 is something", () => {
    expect([null, undefined, "", []].map((value) => shown(field("list"), value))).toEqual(["—", "—", "—", "—"]);
    expect(shown(field("integer"), 0)).toBe("0");
  });

  it("is hostile names as the text that they are", () => {
    expect(shown(field("name"), "<img onerror=alert(1)>")).toBe("<img onerror=alert(1)>");
  });

  it("is how many, and how large", () => {
    expect(shownTotal(412000, true)).toBe("约 412,000 条");
    expect(shownSize(1536)).toBe("1.5 KB");
  });
});
