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
