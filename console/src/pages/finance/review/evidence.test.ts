import { describe, expect, it } from "vitest";
import { evidenceOf } from "./evidence";

const bill = {
  bill_id: "b",
  number: "JF2026090001",
  kind: "credit",
  amount: "1330.00",
  status: "paid",
  days_since_payment: 12,
  percent: 50,
  refund_amount: "665.00",
} as const;

describe("what a decision on a withdrawal stands on", () => {
  it("is that the exam is held, and what of each fee goes back", () => {
    const [hold, fee] = evidenceOf({ state: "pending", refusal: null, bills: [bill] });
    expect(hold).toEqual({ title: "该课程的报考已暂停", met: true, facts: [] });
    expect(fee?.title).toBe("学分费 JF2026090001：退费");
    expect(fee?.facts).toEqual(["金额 1,330.00 元，缴费已 12 天，按退费规则退 50%，计 665.00 元。"]);
  });

  it("says what is waited for while the exam is not held yet", () => {
    const [hold] = evidenceOf({ state: "waiting_for_hold", refusal: null, bills: [] });
    expect(hold?.met).toBe(false);
    expect(hold?.facts).toHaveLength(1);
  });

  it("has the reason of a hold that was refused", () => {
    const refusal = { code: "exam_sat", params: {}, message: "已参加考试，不能退课。" };
    const [hold] = evidenceOf({ state: "rejected", refusal, bills: [] });
    expect(hold).toMatchObject({ met: false, facts: [refusal.message] });
  });

  it("tells of a bill that was never paid how it stands instead of days", () => {
    const unpaid = { ...bill, status: "unpaid", days_since_payment: null, percent: 0, refund_amount: "0.00" } as const;
    const [, fee] = evidenceOf({ state: "pending", refusal: null, bills: [unpaid] });
    expect(fee?.met).toBe(false);
    expect(fee?.facts[0]).toContain("未缴费");
  });
});
