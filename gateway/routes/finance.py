"""Fee standards, bills, remittances, withdrawal reviews, refunds and the ledger."""

from contracts.finance import commands, queries
from gateway.route import delete, get, post
from gateway.routes.settings import settings_of
from gateway.routes.trail import trail_of

ABOUT = "收费标准、缴费单、汇款单、退费 · fee standards, bills, remittances, refunds"

_READ_STANDARDS = "finance.read_standards"
_STANDARDS = "finance.manage_standards"
_READ_BILLS = "finance.read_bills"
_READ_BALANCE = "finance.read_balance"
_READ_REMITTANCES = "finance.read_remittances"
_REMIT = "finance.remit"
_REVIEW_REMITTANCES = "finance.review_remittances"
_READ_REVIEWS = "finance.read_reviews"
_REVIEW = "finance.review_withdrawals"
_REFUNDS = "finance.manage_refunds"
_LEDGER = "finance.read_ledger"
_STANDARD = "/fee-standards/{fee_standard_id}"
_REMITTANCE = "/remittances/{remittance_id}"

ROUTES = (
    # what things cost, and what goes back
    get("/fee-standards", queries.ListFeeStandards, _READ_STANDARDS),
    post("/fee-standards", commands.CreateFeeStandard, _STANDARDS, status=201),
    post(f"{_STANDARD}/end", commands.EndFeeStandard, _STANDARDS),
    delete(_STANDARD, commands.DeleteFeeStandard, _STANDARDS),
    get("/refund-rules", queries.ListRefundRules, _READ_STANDARDS),
    post("/refund-rules", commands.CreateRefundRule, _STANDARDS, status=201),
    delete("/refund-rules/{refund_rule_id}", commands.DeleteRefundRule, _STANDARDS),
    *settings_of("finance"),
    # bills
    get("/bills", queries.ListBills, _READ_BILLS),
    post("/bills/exports", commands.ExportBills, _READ_BILLS, status=202),
    get("/bills/{bill_id}", queries.GetBill, _READ_BILLS),
    get("/balance", queries.GetBalance, _READ_BALANCE),
    get("/payments/days", queries.GetPaymentsByDay, _READ_BALANCE),
    # remittances
    get("/remittances", queries.ListRemittances, _READ_REMITTANCES),
    post("/remittances", commands.CreateRemittance, _REMIT, status=201),
    get(_REMITTANCE, queries.GetRemittance, _READ_REMITTANCES),
    get(f"{_REMITTANCE}/receipt", queries.GetRemittance, _READ_REMITTANCES, downloads="receipt"),
    post(f"{_REMITTANCE}/receipt", commands.AttachReceipt, _REMIT),
    post(f"{_REMITTANCE}/prints", commands.PrintRemittanceSlip, _READ_REMITTANCES, status=202),
    post(f"{_REMITTANCE}/revoke", commands.RevokeRemittance, _REMIT),
    post(f"{_REMITTANCE}/approve", commands.ApproveRemittance, _REVIEW_REMITTANCES),
    post(f"{_REMITTANCE}/reject", commands.RejectRemittance, _REVIEW_REMITTANCES),
    post(f"{_REMITTANCE}/book-late", commands.BookLateRemittance, _REVIEW_REMITTANCES),
    # withdrawals and refunds
    get("/withdrawal-reviews", queries.ListWithdrawalReviews, _READ_REVIEWS),
    post("/withdrawal-reviews/approve", commands.ApproveWithdrawalReviews, _REVIEW),
    post("/withdrawal-reviews/reject", commands.RejectWithdrawalReviews, _REVIEW),
    get("/withdrawal-reviews/{withdrawal_id}", queries.GetWithdrawalReview, _READ_REVIEWS),
    get("/refunds", queries.ListRefunds, "finance.read_refunds"),
    post("/refunds/confirm", commands.ConfirmRefunds, _REFUNDS, asks_again=True),
    post("/refunds/{refund_id}/fail", commands.FailRefund, _REFUNDS),
    post("/refunds/{refund_id}/retry", commands.RetryRefund, _REFUNDS, asks_again=True),
    # ledger
    get("/suspense", queries.ListSuspense, "finance.read_refunds"),
    get("/ledger/entries", queries.ListLedgerEntries, _LEDGER),
    get("/ledger/check", queries.CheckLedger, _LEDGER, timeout=60),
    get("/reconciliation/bills", queries.ListBillStatements, "reconciliation.read"),
    *trail_of("finance", "remittances", "approve"),
)
