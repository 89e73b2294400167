"""The states of what finance owns, who moves them, and where to."""

from chassis.work.workflow import FOLLOWS, NOBODY, SYSTEM, Step, Workflow, acting_under, decider
from contracts.finance.events import (
    BillsCancelled,
    BillsPaid,
    TransferCleared,
    WithdrawalsApproved,
    WithdrawalsRefunded,
    WithdrawalsRejected,
)
from contracts.finance.states import BillStatus, RefundState, RemittanceState, ReviewState, TransferState

REMIT = "finance.remit"
REVIEW_REMITTANCES = "finance.review_remittances"
REVIEW_WITHDRAWALS = "finance.review_withdrawals"
MANAGE_REFUNDS = "finance.manage_refunds"

POINT = acting_under(REMIT)
FINANCE = decider(REVIEW_REMITTANCES, decided_by="reviewed_by")
CASHIER = acting_under(MANAGE_REFUNDS)

SECOND_REVIEWER = decider(REVIEW_WITHDRAWALS, besides=("academic_reviewer_id",), decided_by="reviewed_by")
"""Who reviews for finance: not who entered the request, and not who reviewed it academically."""

# A bill never moves by itself: its payment, its selection or its refund has moved, and that was checked.
BILL = Workflow(
    "bill",
    BillStatus.UNPAID,
    (
        Step(BillStatus.UNPAID, "remit", FOLLOWS, BillStatus.REMITTING),
        Step(BillStatus.UNPAID, "cancel", FOLLOWS, BillStatus.CANCELLED, BillsCancelled),
        Step(BillStatus.UNPAID, "settle", FOLLOWS, BillStatus.PAID, BillsPaid),  # money that came after all
        Step(BillStatus.UNPAID, "pay", FOLLOWS, BillStatus.PAYING),
        Step(BillStatus.REMITTING, "settle", FOLLOWS, BillStatus.PAID, BillsPaid),
        Step(BillStatus.REMITTING, "release", FOLLOWS, BillStatus.UNPAID),
        Step(BillStatus.PAYING, "settle", FOLLOWS, BillStatus.PAID, BillsPaid),
        Step(BillStatus.PAYING, "release", FOLLOWS, BillStatus.UNPAID),
        Step(BillStatus.PAID, "refund", FOLLOWS, BillStatus.REFUNDING),
        Step(BillStatus.REFUNDING, "refund_paid", FOLLOWS, BillStatus.REFUNDED),
        Step(BillStatus.REFUNDING, "refund_failed", FOLLOWS, BillStatus.PAID),
    ),
    column="status",
)

REMITTANCE = Workflow(
    "remittance",
    RemittanceState.PENDING,
    (
        Step(RemittanceState.PENDING, "approve", FINANCE, RemittanceState.APPROVED, BillsPaid),
        Step(RemittanceState.PENDING, "reject", FINANCE, RemittanceState.REJECTED),
        Step(RemittanceState.PENDING, "revoke", POINT, RemittanceState.REVOKED),
        # Only where money arrives after all: nobody waits for it.
        Step(RemittanceState.REJECTED, "book_late", FINANCE, RemittanceState.BOOKED_LATE, waits=False),
        Step(RemittanceState.REVOKED, "book_late", FINANCE, RemittanceState.BOOKED_LATE, waits=False),
    ),
)

# People are told by courses, where they asked for the withdrawal: once.
REVIEW = Workflow(
    "withdrawal_review",
    ReviewState.WAITING_FOR_HOLD,
    (
        Step(ReviewState.WAITING_FOR_HOLD, "hold", SYSTEM, ReviewState.PENDING),
        Step(ReviewState.WAITING_FOR_HOLD, "refuse_hold", SYSTEM, ReviewState.REJECTED, WithdrawalsRejected),
        Step(ReviewState.PENDING, "approve", SECOND_REVIEWER, ReviewState.APPROVED, WithdrawalsApproved, tells=NOBODY),
        Step(ReviewState.PENDING, "reject", SECOND_REVIEWER, ReviewState.REJECTED, WithdrawalsRejected, tells=NOBODY),
        Step(ReviewState.APPROVED, "refunded", FOLLOWS, ReviewState.REFUNDED, WithdrawalsRefunded),
    ),
)

REFUND = Workflow(
    "refund",
    RefundState.PENDING,
    (
        Step(RefundState.PENDING, "confirm", CASHIER, RefundState.COMPLETED, waits=True),
        Step(RefundState.PENDING, "fail", CASHIER, RefundState.FAILED, waits=True),
        Step(RefundState.FAILED, "retry", CASHIER, RefundState.PENDING, waits=True),
    ),
)

OPEN_TRANSFERS = (TransferState.WAITING, TransferState.CLEARED)

# The registry decides whether the student goes. It is cleared when no payment of the student's bills is under way.
TRANSFER = Workflow(
    "transfer",
    TransferState.WAITING,
    (
        Step(TransferState.WAITING, "clear", FOLLOWS, TransferState.CLEARED, TransferCleared),
        *(
            step
            for opened in OPEN_TRANSFERS
            for step in (
                Step(opened, "revoke", SYSTEM, TransferState.REVOKED),
                Step(opened, "finish", SYSTEM, TransferState.DONE),
            )
        ),
    ),
)
