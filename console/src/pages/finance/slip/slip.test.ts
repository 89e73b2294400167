import { beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "@/api/problem";
import type { AnyRow } from "@/kit/contract";
import { payable, useSlip } from "./slip";

const { callAny } = vi.hoisted(() => ({ callAny: vi.fn() }));
vi.mock("@/kit/untyped", () => ({ callAny }));

const CHOSEN = new Map<string, AnyRow>([
  ["a", { status: "unpaid", amount: "440.00" }],
  ["b", { status: "paid", amount: "35.00" }],
  ["c", { status: "unpaid", amount: "35.10" }],
]);
const PARTICULARS = { payer_name: "徐州教学点", remitted_on: "2026-09-15" };
const RECEIPT = { name: "回单.png", size: 1, media_type: "image/png", sha256: "0" } as never;
const MADE = { id: "slip", number: "HK1", version: 3, bill_count: 3, amount: "510.10" };

beforeEach(() => {
  callAny.mockReset();
  sessionStorage.clear();
});

describe("a remittance slip of chosen bills", () => {
  it("takes those that are unpaid, and says how many it leaves out", () => {
    expect(payable(CHOSEN)).toEqual({ ids: ["a", "c"], amount: "475.10", leftOut: 1 });
  });

  it("is tried first, which tells of bills that come along", async () => {
    callAny.mockResolvedValue(MADE);
    const slip = useSlip(CHOSEN);
    await slip.attempt(PARTICULARS);
    expect(callAny.mock.calls[0]?.[1]).toEqual({ ...PARTICULARS, bill_ids: ["a", "c"], dry_run: true });
    expect(slip.joined.value).toBe(1);
    expect(slip.made.value).toBeUndefined();
  });

  it("is made, then given its receipt with the version that it was made with", async () => {
    callAny.mockResolvedValue(MADE);
    const slip = useSlip(CHOSEN);
    await slip.make(PARTICULARS, RECEIPT);
    expect(callAny.mock.calls.map(([name, asked]: unknown[]) => [name, asked])).toEqual([
      ["finance.CreateRemittance", { ...PARTICULARS, bill_ids: ["a", "c"] }],
      ["finance.AttachReceipt", { remittance_id: "slip", version: 3, file: RECEIPT }],
    ]);
  });

  it("stands where its receipt is refused, and where it was refused itself nothing is attached", async () => {
    const wrong = new Problem("file_unreadable", "文件无法读取。", 422);
    callAny.mockResolvedValueOnce(MADE).mockRejectedValueOnce(wrong);
    const slip = useSlip(CHOSEN);
    await slip.make(PARTICULARS, RECEIPT);
    expect(slip.made.value).toEqual(MADE);
    expect(slip.refused.value).toBe(wrong);

    callAny.mockReset();
    callAny.mockRejectedValueOnce(new Problem("bills_not_unpaid", "缴费单不是未缴费状态。", 422));
    const other = useSlip(CHOSEN);
    await other.make(PARTICULARS, RECEIPT);
    expect(other.made.value).toBeUndefined();
    expect(callAny).toHaveBeenCalledTimes(1);
    expect(other.problem.value?.code).toBe("bills_not_unpaid");
  });
});
