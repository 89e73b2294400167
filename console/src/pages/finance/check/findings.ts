/** What the proof of the ledger looks at, and what it found. */
import type { Answer } from "@/kit/contract";

type Check = Answer<"finance.CheckLedger">;

/** One thing that is proven: the field that tells of it, whether it is right, and what is not. */
export interface Finding {
  field: keyof Check & string;
  isRight: boolean;
  /** How much is wrong: a number of rows, or yuan. */
  wrong: string;
  /** What the ids below name. */
  reference?: "bill" | "remittance";
  ids: readonly string[];
}

const LISTS = [
  ["bills_without_posting", "bill"],
  ["postings_without_bill", undefined],
  ["bills_with_several_payments", "bill"],
  ["bills_with_several_refunds", "bill"],
  ["slips_that_differ", "remittance"],
] as const;

/** All that is proven, in the order of the contract. */
export function findingsOf(check: Check): Finding[] {
  const days = check.days_that_differ ?? [];
  return [
    { field: "total", isRight: Number(check.total) === 0, wrong: `${check.total} 元`, ids: [] },
    {
      field: "unbalanced_transactions",
      isRight: check.unbalanced_transactions === 0,
      wrong: `${check.unbalanced_transactions} 条`,
      ids: [],
    },
    ...LISTS.map(([field, reference]): Finding => {
      const ids = check[field];
      return { field, reference, ids: reference ? ids : [], isRight: ids.length === 0, wrong: `${ids.length} 条` };
    }),
    { field: "days_that_differ", isRight: days.length === 0, wrong: `${days.length} 天`, ids: [] },
  ];
}
