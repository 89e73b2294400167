"""Fee standards, bills, remittances, withdrawal reviews, refunds and the ledger."""

from contracts.finance.commands import (
    ApproveRemittance,
    ApproveWithdrawalReviews,
    AttachReceipt,
    BookLateRemittance,
    ConfirmRefunds,
    CreateFeeStandard,
    CreateRefundRule,
    CreateRemittance,
    DeleteFeeStandard,
    DeleteRefundRule,
    EndFeeStandard,
    ExportBills,
    FailRefund,
    PrintRemittanceSlip,
    RejectRemittance,
    RejectWithdrawalReviews,
    RetryRefund,
    RevokeRemittance,
)
from contracts.finance.queries import (
    CheckLedger,
    GetBalance,
    GetBill,
    GetRemittance,
    GetWithdrawalReview,
    ListBills,
    ListBillStatements,
    ListFeeStandards,
    ListLedgerEntries,
    ListRefundRules,
    ListRefunds,
    ListRemittances,
    ListSuspense,
    ListWithdrawalReviews,
)
from gateway.route import delete, get, post
from gateway.routes.settings import settings_of
from gateway.routes.trail import trail_of

ABOUT = "收费标准、缴费单、汇款单、退费 · fee standards, bills, remittances, refunds"

_READ_STANDARDS = "finance.read_standards"
_STANDARDS = "finance.manage_standards"
_READ_BILLS = "finance.read_bills"
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
    get("/fee-standards", ListFeeStandards, _READ_STANDARDS),
    post("/fee-standards", CreateFeeStandard, _STANDARDS, status=201),
    post(f"{_STANDARD}/end", EndFeeStandard, _STANDARDS),
    delete(_STANDARD, DeleteFeeStandard, _STANDARDS),
    get("/refund-rules", ListRefundRules, _READ_STANDARDS),
    post("/refund-rules", CreateRefundRule, _STANDARDS, status=201),
    delete("/refund-rules/{refund_rule_id}", DeleteRefundRule, _STANDARDS),
    *settings_of("finance"),
    # bills
    get("/bills", ListBills, _READ_BILLS),
    post("/bills/exports", ExportBills, _READ_BILLS, status=202),
    get("/bills/{bill_id}", GetBill, _READ_BILLS),
    get("/balance", GetBalance, "finance.read_balance"),
    # remittances
    get("/remittances", ListRemittances, _READ_REMITTANCES),
    post("/remittances", CreateRemittance, _REMIT, status=201),
    get(_REMITTANCE, GetRemittance, _READ_REMITTANCES),
    get(
        f"{_REMITTANCE}/receipt",
        GetRemittance,
        _READ_REMITTANCES,
        downloads="receipt",
    ),
    post(f"{_REMITTANCE}/receipt", AttachReceipt, _REMIT),
    post(f"{_REMITTANCE}/prints", PrintRemittanceSlip, _READ_REMITTANCES, status=202),
    post(f"{_REMITTANCE}/revoke", RevokeRemittance, _REMIT),
    post(f"{_REMITTANCE}/approve", ApproveRemittance, _REVIEW_REMITTANCES),
    post(f"{_REMITTANCE}/reject", RejectRemittance, _REVIEW_REMITTANCES),
    post(f"{_REMITTANCE}/book-late", BookLateRemittance, _REVIEW_REMITTANCES),
    # withdrawals and refunds
    get("/withdrawal-reviews", ListWithdrawalReviews, _READ_REVIEWS),
    post("/withdrawal-reviews/approve", ApproveWithdrawalReviews, _REVIEW),
    post("/withdrawal-reviews/reject", RejectWithdrawalReviews, _REVIEW),
    get("/withdrawal-reviews/{withdrawal_id}", GetWithdrawalReview, _READ_REVIEWS),
    get("/refunds", ListRefunds, "finance.read_refunds"),
    post("/refunds/confirm", ConfirmRefunds, _REFUNDS),
    post("/refunds/{refund_id}/fail", FailRefund, _REFUNDS),
    post("/refunds/{refund_id}/retry", RetryRefund, _REFUNDS),
    # ledger
    get("/suspense", ListSuspense, "finance.read_refunds"),
    get("/ledger/entries", ListLedgerEntries, _LEDGER),
    get("/ledger/check", CheckLedger, _LEDGER, timeout=60),
    get("/reconciliation/bills", ListBillStatements, "reconciliation.read"),
    *trail_of("finance", "remittances", "approve"),
)
