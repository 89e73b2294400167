import { page } from "@/kit/pages";

export const routes = [
  page("/finance/bills", "finance.ListBills", () => import("./bills")),
  page("/finance/bills/:bill_id", "finance.GetBill", () => import("./bill")),
  page("/finance/remittances", "finance.ListRemittances", () => import("./remittances")),
  page("/finance/remittances/:remittance_id", "finance.GetRemittance", () => import("./remittance")),
  page("/finance/withdrawal-reviews", "finance.ListWithdrawalReviews", () => import("./withdrawal-reviews")),
  page(
    "/finance/withdrawal-reviews/:withdrawal_id",
    "finance.GetWithdrawalReview",
    () => import("./withdrawal-review"),
  ),
  page("/finance/refunds", "finance.ListRefunds", () => import("./refunds")),
  page("/finance/suspense", "finance.ListSuspense", () => import("./suspense")),
  page("/finance/balance", "finance.GetBalance", () => import("./balance/BalancePage.vue")),
  page("/finance/fee-standards", "finance.ListFeeStandards", () => import("./fee-standards")),
  page("/finance/refund-rules", "finance.ListRefundRules", () => import("./refund-rules")),
  page("/finance/ledger", "finance.ListLedgerEntries", () => import("./ledger")),
  page("/finance/ledger-check", "finance.CheckLedger", () => import("./check/LedgerCheckPage.vue")),
  page("/finance/settings", "finance.ListSettings", () => import("./settings"), { title: "财务设置" }),
];
