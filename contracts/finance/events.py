"""What finance publishes. Sagas and races: docs/sagas.md."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import MAX_EVENT_ROWS, Contract, Fact, State, StateItem
from contracts.common import ClosingReason
from contracts.errors import JsonValue
from contracts.finance.source import Source
from contracts.finance.states import BillStatus, PaymentMethod
from contracts.stored import StoredDay, StoredNumber, StoredText, StoredTitle, Word
from contracts.trail import TrailSealed
from contracts.types import EducationLevel, ExamKind, FeeKind, Instant, Money

_FEE_KIND = "A `FeeKind`, or one that this version does not know: then nobody here has to do with the bill."

# --- state ---


class FeeStandardItem(StateItem):
    """A fee per credit or per exam, in force from `valid_from` to `valid_until` inclusive."""

    education_level: EducationLevel
    kind: FeeKind
    amount: Money
    student_type: StoredTitle | None = Field(description="Empty: every student type.")
    student_source: StoredTitle | None = Field(description="Empty: every student source.")
    valid_from: StoredDay
    valid_until: StoredDay | None


class FeeStandardState(State[FeeStandardItem], owner="finance", version=1):
    """Copied by courses."""


class BillItem(StateItem):
    """A bill as others may show it, and as they refuse early by it; finance alone decides."""

    source: Source
    number: StoredNumber
    kind: Word = Field(description=_FEE_KIND)
    amount: Money
    status: BillStatus
    student_id: UUID
    teaching_point_id: UUID
    course_id: UUID


class BillState(State[BillItem], owner="finance", version=2):
    """Copied by courses."""


# --- facts ---


class RefusedBilling(Contract):
    """Something for which no bill can be made. Finance never makes one for it afterwards."""

    source: Source
    code: Word
    params: dict[str, JsonValue] = Field(default={})


class BillingRefused(Fact, owner="finance", version=2, rows="refused"):
    """→ courses cancels the selection, → exams cancels the resit, with this code."""

    refused: Annotated[tuple[RefusedBilling, ...], Field(max_length=MAX_EVENT_ROWS)]


class PaidBill(Contract):
    """A bill that was paid, with all that a registration needs."""

    source: Source
    bill_id: UUID
    number: StoredNumber
    kind: Word = Field(description=_FEE_KIND)
    student_id: UUID
    teaching_point_id: UUID = Field(description="The payer: money goes back there.")
    course_id: UUID
    exam_round_id: UUID | None = Field(description="Given on an exam fee.")
    exam_kind: ExamKind | None = Field(description="Given on an exam fee.")
    amount: Money
    method: PaymentMethod
    paid_at: Instant


class BillsPaid(Fact, owner="finance", version=2, rows="bills"):
    """A credit fee → courses makes the selection `selected`; an exam fee → exams registers. Row by row."""

    bills: Annotated[tuple[PaidBill, ...], Field(max_length=MAX_EVENT_ROWS)]


class CancelledBills(Contract):
    """All bills of one source are cancelled, or will never be made. Final."""

    source: Source
    attempt: int
    reason: ClosingReason


class BillsCancelled(Fact, owner="finance", version=2, rows="cancelled"):
    """The positive answer to `SelectionsClosing` and `ResitsClosing`."""

    cancelled: Annotated[tuple[CancelledBills, ...], Field(max_length=MAX_EVENT_ROWS)]


class RefusedCancellation(Contract):
    """The bills stand. `ask_again_at` is empty when they are paid: then `BillsPaid` tells the rest."""

    source: Source
    attempt: int
    reason: ClosingReason
    code: Word = Field(description="`payment_in_review`, `grace_period_running` or `already_paid`.")
    ask_again_at: Instant | None


class BillCancellationRefused(Fact, owner="finance", version=2, rows="refused"):
    """The negative answer to `SelectionsClosing` and `ResitsClosing`."""

    refused: Annotated[tuple[RefusedCancellation, ...], Field(max_length=MAX_EVENT_ROWS)]


class ReviewedWithdrawal(Contract):
    """A withdrawal that finance agreed to; `amount` yuan go back to the payer, perhaps none."""

    withdrawal_id: UUID
    selection_id: UUID
    student_id: UUID
    course_id: UUID
    amount: Money
    reviewer_id: UUID


class WithdrawalsApproved(Fact, owner="finance", version=1, rows="withdrawals"):
    """→ courses: `finance_approved`, selection `withdrawn`; → exams cancels the registration."""

    withdrawals: Annotated[tuple[ReviewedWithdrawal, ...], Field(max_length=MAX_EVENT_ROWS)]


class RejectedWithdrawal(Contract):
    """A withdrawal that finance did not agree to. Without a reviewer it was refused by itself."""

    withdrawal_id: UUID
    selection_id: UUID
    code: Word | None = Field(description="`exam_already_sat` when exams refused the hold; else empty.")
    note: StoredText | None
    reviewer_id: UUID | None


class WithdrawalsRejected(Fact, owner="finance", version=1, rows="withdrawals"):
    """→ courses: `finance_rejected`; → exams releases the hold."""

    withdrawals: Annotated[tuple[RejectedWithdrawal, ...], Field(max_length=MAX_EVENT_ROWS)]


class RefundedWithdrawal(Contract):
    """A withdrawal whose money has gone back in full."""

    withdrawal_id: UUID
    selection_id: UUID
    amount: Money
    refunded_at: Instant


class WithdrawalsRefunded(Fact, owner="finance", version=1, rows="withdrawals"):
    """→ courses: `refunded`. May arrive before `WithdrawalsApproved`: it includes it."""

    withdrawals: Annotated[tuple[RefundedWithdrawal, ...], Field(max_length=MAX_EVENT_ROWS)]


class TransferHeld(Fact, owner="finance", version=1):
    """Bills of the student are being paid: the transfer waits. `TransferCleared` follows by itself."""

    change_id: UUID
    student_id: UUID
    bill_count: int


class TransferCleared(Fact, owner="finance", version=1):
    """No bill of the student is being paid, and none can be until the transfer is done or revoked."""

    change_id: UUID
    student_id: UUID


class FinanceTrailSealed(TrailSealed, owner="finance", version=1):
    """→ identity keeps the head of the audit trail where this service can't change it."""
