import { describe, expect, it, vi } from "vitest";

vi.mock("@/words", () => ({ fields: { amount: "金额", status: "状态" } }));
vi.mock("@/kit/list/declare", () => ({ listOf: vi.fn() }));
vi.mock("./values", () => ({ wordOfValue: (_: string, value: string) => ({ unpaid: "未缴费" })[value] ?? value }));
vi.mock("./tabs", () => ({ trailOf: vi.fn() }));
vi.mock("@/kit/text/show", () => ({ NOTHING: "—" }));

import { changes } from "./trail";

describe("what an audit entry changed", () => {
  it("is told field by field, and what stayed is not", () => {
    expect(changes({ amount: "110.00", status: "unpaid" }, { amount: "120.00", status: "unpaid" })).toBe(
      "金额：110.00 → 120.00",
    );
  });

  it("is told in China's time", () => {
    expect(changes(null, { effective_from: "2027-01-01T00:00:00+00:00" })).toBe("effective_from：2027-01-01 08:00");
  });

  it("is told of a secret that is not shown", () => {
    expect(changes(null, { client_secret: "changed" })).toBe("client_secret：已更换");
  });

  it("is all of what is new, and what is gone is nothing", () => {
    expect(changes(null, { status: "unpaid", other: { a: 1 } })).toBe('状态：未缴费；other：{"a":1}');
    expect(changes({ status: "unpaid" }, {})).toBe("状态：未缴费 → —");
  });
});
