"""Fee standards, bills, remittances, withdrawal reviews, refunds and the ledger."""

from contracts.common import ListAuditEntries, of_service
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
    FailRefund,
    RejectRemittance,
    RejectWithdrawalReviews,
    RetryRefund,
    RevokeRemittance,
    UpdateFinanceSettings,
)
from contracts.finance.queries import (
    CheckLedger,
    GetBalance,
    GetBill,
    GetFinanceSettings,
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
from gateway.route import delete, get, post, put

ABOUT = "财务管理：收费标准、缴费单、汇款单、退费 · Fee standards, bills, remittances, refunds"

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
    get("/fee-standards", ListFeeStandards, _READ_STANDARDS, title="收费标准列表"),
    post("/fee-standards", CreateFeeStandard, _STANDARDS, status=201, title="新增收费标准"),
    post(f"{_STANDARD}/end", EndFeeStandard, _STANDARDS, title="终止收费标准"),
    delete(_STANDARD, DeleteFeeStandard, _STANDARDS, title="删除收费标准"),
    get("/refund-rules", ListRefundRules, _READ_STANDARDS, title="退费规则列表"),
    post("/refund-rules", CreateRefundRule, _STANDARDS, status=201, title="新增退费规则"),
    delete("/refund-rules/{refund_rule_id}", DeleteRefundRule, _STANDARDS, title="删除退费规则"),
    get("/finance-settings", GetFinanceSettings, _READ_STANDARDS, title="财务设置"),
    put("/finance-settings", UpdateFinanceSettings, _STANDARDS, title="修改财务设置"),
    # bills
    get("/bills", ListBills, _READ_BILLS, title="缴费单列表"),
    get("/bills/{bill_id}", GetBill, _READ_BILLS, title="缴费单详情"),
    get("/balance", GetBalance, "finance.read_balance", title="余额查询"),
    # remittances
    get("/remittances", ListRemittances, _READ_REMITTANCES, title="汇款单列表"),
    post("/remittances", CreateRemittance, _REMIT, status=201, title="新增汇款单"),
    get(_REMITTANCE, GetRemittance, _READ_REMITTANCES, title="汇款单详情"),
    get(
        f"{_REMITTANCE}/receipt",
        GetRemittance,
        _READ_REMITTANCES,
        downloads="receipt",
        title="下载汇款凭证",
    ),
    post(f"{_REMITTANCE}/receipt", AttachReceipt, _REMIT, title="提交汇款凭证"),
    post(f"{_REMITTANCE}/revoke", RevokeRemittance, _REMIT, title="撤销汇款单"),
    post(f"{_REMITTANCE}/approve", ApproveRemittance, _REVIEW_REMITTANCES, title="汇款审核通过"),
    post(f"{_REMITTANCE}/reject", RejectRemittance, _REVIEW_REMITTANCES, title="汇款审核驳回"),
    post(f"{_REMITTANCE}/book-late", BookLateRemittance, _REVIEW_REMITTANCES, title="迟到汇款入账"),
    # withdrawals and refunds
    get("/withdrawal-reviews", ListWithdrawalReviews, _READ_REVIEWS, title="退课财务审核列表"),
    post("/withdrawal-reviews/approve", ApproveWithdrawalReviews, _REVIEW, title="退课财务审核通过"),
    post("/withdrawal-reviews/reject", RejectWithdrawalReviews, _REVIEW, title="退课财务审核驳回"),
    get("/withdrawal-reviews/{withdrawal_id}", GetWithdrawalReview, _READ_REVIEWS, title="退课财务审核详情"),
    get("/refunds", ListRefunds, "finance.read_refunds", title="退费列表"),
    post("/refunds/confirm", ConfirmRefunds, _REFUNDS, title="确认已退费"),
    post("/refunds/{refund_id}/fail", FailRefund, _REFUNDS, title="退费失败"),
    post("/refunds/{refund_id}/retry", RetryRefund, _REFUNDS, title="重新退费"),
    # ledger
    get("/suspense", ListSuspense, "finance.read_refunds", title="暂存款列表"),
    get("/ledger/entries", ListLedgerEntries, _LEDGER, title="总账分录"),
    get("/ledger/check", CheckLedger, _LEDGER, timeout=60, title="核对总账"),
    get("/reconciliation/bills", ListBillStatements, "reconciliation.read", title="对账：缴费单"),
    get("/audit-entries/finance", of_service("finance", ListAuditEntries), "audit.read", title="审计日志：财务"),
)
