import { afterEach, describe, expect, it, vi } from "vitest";
import { bulk, command } from "@/kit/actions";
import { button, leave, text } from "@/kit/testing";
import { isSure, sentenceFor } from "./sure";

const REVOKE = command("finance.RevokeRemittance", { danger: true });
const SLIP = { number: "HK202609000001", payer_name: "徐州教学点" };

afterEach(leave);

describe("what can't be undone", () => {
  it("is asked for with what is done to which row", () => {
    expect(sentenceFor(REVOKE, [SLIP])).toMatch(/^将对“HK202609000001 徐州教学点”办理“.+”，/);
  });

  it("says of what has no number what it is", () => {
    const standard = { education_level: "undergraduate", kind: "credit", amount: "1100.00", valid_from: "2026-01-01" };
    const forget = command("finance.DeleteFeeStandard", { danger: true });
    expect(sentenceFor(forget, [standard])).toContain("“本科学分费 1,100.00 元，2026-01-01 起”");
    const rules = [30, null].map((within_days) => ({ kind: "exam", within_days }));
    const drop = command("finance.DeleteRefundRule", { danger: true });
    expect(rules.map((rule) => sentenceFor(drop, [rule]))).toEqual([
      expect.stringContaining("“考试费，缴费后 30 天内”"),
      expect.stringContaining("“考试费，不限天数”"),
    ]);
  });

  it("names some of many rows, and how many they are", () => {
    const cancel = bulk("courses.CancelSelections", { ids: "selection_ids", danger: true });
    const rows = ["A", "B", "C", "D"].map((student_number) => ({ student_number }));
    expect(sentenceFor(cancel, rows)).toContain("对“A”、“B”、“C”等 4 条记录");
  });

  it("is not asked for where it is no danger", async () => {
    expect(await isSure(command("finance.RevokeRemittance"), [SLIP])).toBe(true);
  });

  it("stays undone by Enter: the focus is on 取消", async () => {
    const answer = isSure(REVOKE, [SLIP]);
    await vi.waitFor(() => expect(text(document.activeElement!)).toBe("取消"));
    (document.activeElement as HTMLElement).click();
    expect(await answer).toBe(false);
  });

  it("is done by the button that says what it is", async () => {
    const answer = isSure(REVOKE, [SLIP]);
    await vi.waitFor(() => expect(text()).toContain("取消"));
    button("撤销汇款单").click();
    expect(await answer).toBe(true);
  });
});
