import { describe, expect, it } from "vitest";
import { findingsOf } from "./findings";

const CLEAN = {
  total: "0.00",
  unbalanced_transactions: 0,
  bills_without_posting: [],
  postings_without_bill: [],
  bills_with_several_payments: [],
  bills_with_several_refunds: [],
  slips_that_differ: [],
  days_that_differ: [],
  checked_at: "2026-09-01T00:00:00Z",
  proven_until: null,
  to_check: 0,
  gone_over_at: null,
};

describe("the proof of the ledger", () => {
  it("finds nothing where everything is zero or empty", () => {
    expect(findingsOf(CLEAN).every(({ isRight }) => isRight)).toBe(true);
  });

  it("says how much is wrong, and names bills and slips that people can look at", () => {
    const found = findingsOf({
      ...CLEAN,
      total: "-0.01",
      bills_without_posting: ["b1", "b2"],
      slips_that_differ: ["s1"],
    });
    const wrong = found.filter(({ isRight }) => !isRight);
    expect(wrong.map(({ field, wrong: much }) => `${field} ${much}`)).toEqual([
      "total -0.01 元",
      "bills_without_posting 2 条",
      "slips_that_differ 1 条",
    ]);
    expect(wrong.map(({ reference, ids }) => [reference, ids])).toEqual([
      [undefined, []],
      ["bill", ["b1", "b2"]],
      ["remittance", ["s1"]],
    ]);
  });
});
