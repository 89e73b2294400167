import { describe, expect, it } from "vitest";
import { choicesOf } from "@/kit/contract";
import { isOpen, nextOf, type State } from "./next";

describe("who acts next on a withdrawal", () => {
  it("is said for every state that there is", () => {
    const said = choicesOf("WithdrawalState").map(({ value }) => [value, nextOf(value as State)]);
    expect(Object.fromEntries(said)).toEqual({
      pending_academic: "学校教务审核",
      academic_rejected: "已办结",
      pending_finance: "学校财务审核",
      finance_rejected: "已办结",
      finance_approved: "学校财务退费",
      refunded: "已办结",
      revoked: "已办结",
    });
  });

  it("is somebody while it is open", () => {
    const open = choicesOf("WithdrawalState").filter(({ value }) => isOpen(value as State));
    expect(open.map(({ value }) => value)).toEqual(["pending_academic", "pending_finance", "finance_approved"]);
  });
});
