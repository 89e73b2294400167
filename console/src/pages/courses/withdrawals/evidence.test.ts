import { describe, expect, it } from "vitest";
import { evidenceOf } from "./evidence";

const round = {
  code: "XK202609",
  name: "2026年秋季选课",
  opens_at: "2026-09-01T00:00:00+08:00",
  withdrawal_closes_at: "2026-11-15T00:00:00+08:00",
};
const bill = (status: string) => ({ bill_id: "b", number: "JF1", kind: "credit", amount: "1540.00", status });
const met = (requested_at: string, status: string, refusal: { message: string } | null = null) =>
  evidenceOf({ requested_at, refusal: refusal && { code: "x", params: {}, ...refusal } }, [bill(status)], round).map(
    (condition) => condition.met,
  );

describe("what a decision on a withdrawal stands on", () => {
  it("is a paid course, a request in time, and nothing against it", () => {
    expect(met("2026-10-01T00:00:00Z", "paid")).toEqual([true, true, true]);
    expect(met("2026-10-01T00:00:00Z", "refunded")).toEqual([true, true, true]);
  });

  it("is not met by the moment at which withdrawing ends", () => {
    expect(met("2026-11-14T16:00:00Z", "paid")).toEqual([true, false, true]);
    expect(met("2026-11-14T15:59:59Z", "paid")).toEqual([true, true, true]);
  });

  it("tells what the system itself found against it", () => {
    expect(met("2026-10-01T00:00:00Z", "unpaid", { message: "已参加考试。" })).toEqual([false, true, false]);
  });

  it("tells bills by number, money and status", () => {
    const [paid] = evidenceOf({ requested_at: "2026-10-01T00:00:00Z", refusal: null }, [bill("paid")], round);
    expect(paid?.facts[0]).toBe("学分费 JF1，¥1,540.00，已缴费");
  });
});
