"""States of what finance owns. The steps between them are in its `domain/workflows.py`."""

from enum import StrEnum


class BillStatus(StrEnum):
    """缴费单状态. The bill row is the arbiter of pay against cancel."""

    UNPAID = "unpaid"
    PAYING = "paying"  # online payment under way
    REMITTING = "remitting"  # on a remittance slip in review
    PAID = "paid"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class PaymentMethod(StrEnum):
    """How a bill was paid."""

    REMITTANCE = "remittance"
    UNIONPAY = "unionpay"


class RemittanceState(StrEnum):
    """汇款单状态."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    REVOKED = "revoked"
    BOOKED_LATE = "booked_late"  # rejected or revoked, and the money arrived after all


class ReviewState(StrEnum):
    """Finance's side of a withdrawal. It pays only after exams has held the registration."""

    WAITING_FOR_HOLD = "waiting_for_hold"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    REFUNDED = "refunded"


class RefundState(StrEnum):
    """A refund is paid out by people, who confirm it or say that it failed."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"


class RefundReason(StrEnum):
    """Why money goes back."""

    WITHDRAWAL = "withdrawal"
    REGISTRATION_REFUSED = "registration_refused"
    SUSPENSE = "suspense"  # paid for a bill that was cancelled or paid already


class TransferState(StrEnum):
    """Finance's side of a student's transfer to another point. While it is open, no payment of the student begins."""

    WAITING = "waiting"  # for payments under way
    CLEARED = "cleared"
    DONE = "done"
    REVOKED = "revoked"


class AccountKind(StrEnum):
    """Accounts of the ledger. Receivables and suspense are kept by point, receivables by student too."""

    BANK = "bank"
    RECEIVABLE = "receivable"
    CREDIT_FEE_INCOME = "credit_fee_income"
    EXAM_FEE_INCOME = "exam_fee_income"
    SUSPENSE = "suspense"
    REFUND_PAYABLE = "refund_payable"


class PostingKind(StrEnum):
    """What a ledger transaction records; its entries are in docs/sagas.md."""

    BILL_ISSUED = "bill_issued"
    BILL_CANCELLED = "bill_cancelled"
    BILL_MOVED = "bill_moved"  # unpaid, to the point that the student was transferred to
    PAYMENT = "payment"
    SUSPENSE_PAYMENT = "suspense_payment"
    REFUND_DECIDED = "refund_decided"
    REFUND_PAID = "refund_paid"
    REFUND_FAILED = "refund_failed"
