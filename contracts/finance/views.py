"""What finance answers."""

from uuid import UUID

from pydantic import Field

from contracts.base import View
from contracts.common import HistoryStepView, Refusal
from contracts.finance.source import Source
from contracts.finance.states import (
    AccountKind,
    BillStatus,
    PaymentMethod,
    PostingKind,
    RefundReason,
    RefundState,
    RemittanceState,
    ReviewState,
)
from contracts.stored import StoredDay, StoredName, StoredNumber, StoredText, StoredTitle, Word
from contracts.types import EducationLevel, FeeKind, FileReference, Instant, Level, Money, SignedMoney


class FeeStandardView(View):
    """收费标准: yuan per credit or per exam."""

    id: UUID
    education_level: EducationLevel
    kind: FeeKind
    amount: Money
    student_type: StoredTitle | None
    student_source: StoredTitle | None
    valid_from: StoredDay
    valid_until: StoredDay | None
    version: int


class RefundRuleView(View):
    """Up to `within_days` days after payment, `percent` of such a fee go back. Without days: at any time."""

    id: UUID
    kind: FeeKind
    within_days: int | None
    percent: int
    version: int


class BillView(View):
    """缴费单."""

    id: UUID
    number: StoredNumber
    source: Source | None = Field(default=None, description="What it is for.")
    selection_id: UUID | None = Field(description="Of a selection's bill; better read `source`.")
    registration_id: UUID | None = Field(description="Of a resit's bill; better read `source`.")
    student_id: UUID
    student_number: StoredNumber | None
    student_name: StoredName | None
    teaching_point_id: UUID
    intake: StoredNumber | None
    level: Level | None
    student_type: StoredTitle | None
    major_code: StoredNumber | None
    schooling_length: StoredNumber | None
    course_id: UUID
    course_code: StoredNumber | None
    course_name: StoredTitle | None
    kind: FeeKind
    amount: Money
    status: BillStatus
    method: PaymentMethod | None
    remittance_id: UUID | None = Field(description="The newest slip that it is or was on.")
    refunded_amount: Money
    grace_until: Instant | None = Field(description="Until then a lapse is not possible.")
    issued_at: Instant
    paid_at: Instant | None
    version: int


class BillDetails(BillView):
    """缴费单 with its history."""

    history: tuple[HistoryStepView, ...]


class RemittanceView(View):
    """汇款单."""

    id: UUID
    number: StoredNumber
    teaching_point_id: UUID
    state: RemittanceState
    amount: Money
    bill_count: int
    payer_name: StoredTitle
    remitted_on: StoredDay
    receipt: FileReference | None
    received_amount: Money | None
    received_on: StoredDay | None
    bank_reference: StoredNumber | None
    note: StoredText | None = Field(description="Of the review.")
    created_by: UUID
    created_at: Instant
    reviewed_by: UUID | None
    reviewed_at: Instant | None
    version: int


class RemittanceDetails(RemittanceView):
    """汇款单 with its bills (the first 200; all by `ListBills`) and history."""

    bills: tuple[BillView, ...]
    history: tuple[HistoryStepView, ...]


class ReviewBill(View):
    """A bill of a withdrawal, and what of it goes back by which rule."""

    bill_id: UUID
    number: StoredNumber
    kind: FeeKind
    amount: Money
    status: BillStatus
    days_since_payment: int | None
    percent: int
    refund_amount: Money


class WithdrawalReviewView(View):
    """Finance's side of a withdrawal."""

    withdrawal_id: UUID
    selection_id: UUID
    student_id: UUID
    student_number: StoredNumber | None
    student_name: StoredName | None
    teaching_point_id: UUID
    course_id: UUID
    course_code: StoredNumber | None
    course_name: StoredTitle | None
    state: ReviewState
    reason: StoredText
    refusal: Refusal | None
    refund_amount: Money = Field(description="By the rule table, until decided; then as decided.")
    requested_at: Instant
    version: int


class WithdrawalReviewDetails(WithdrawalReviewView):
    """With the bills, what goes back by which rule, and history."""

    bills: tuple[ReviewBill, ...]
    history: tuple[HistoryStepView, ...]


class RefundView(View):
    """退费: money on its way back to the payer."""

    id: UUID
    number: StoredNumber
    bill_id: UUID | None
    suspense_id: UUID | None
    withdrawal_id: UUID | None
    student_id: UUID | None
    teaching_point_id: UUID
    reason: RefundReason
    method: PaymentMethod
    amount: Money
    state: RefundState
    paid_out_on: StoredDay | None
    bank_reference: StoredNumber | None
    note: StoredText | None
    created_at: Instant
    version: int


class SuspenseView(View):
    """Money that came for a bill which could no longer take it. It is refunded by itself."""

    id: UUID
    teaching_point_id: UUID
    bill_id: UUID
    remittance_id: UUID | None
    amount: Money
    reason: Word = Field(
        description="`bill_cancelled`, `bill_already_paid`, `bill_in_payment` (on another slip) or `bill_moved` "
        "(to another point)."
    )
    refusal: Refusal | None = Field(default=None, description="The reason with its sentence.")
    refund_id: UUID
    refund_state: RefundState
    booked_at: Instant


class LedgerEntryView(View):
    """One entry. Debit positive, credit negative; the entries of a transaction make zero."""

    id: UUID
    transaction_id: UUID
    posting: PostingKind
    account: AccountKind
    teaching_point_id: UUID | None
    student_id: UUID | None
    bill_id: UUID | None
    amount: SignedMoney
    posted_at: Instant


class BalanceView(View):
    """What a point or student owed at the end of a day: positive is owed, in yuan."""

    on: StoredDay
    receivable: SignedMoney
    suspense: SignedMoney
    refund_payable: SignedMoney
    paid_total: Money
    refunded_total: Money


class DayOfPayments(View):
    """Money of a day, in yuan: what reached the bank and what was paid back."""

    day: StoredDay
    received: Money = Field(description="Payments, those for suspense among them.")
    refunded: Money


class PaymentsByDay(View):
    """Payments from one day to another, the first ones first; days without any are left out."""

    since: StoredDay
    until: StoredDay
    items: tuple[DayOfPayments, ...]


class LedgerDay(View):
    """The sum of an account of a teaching point on a day."""

    teaching_point_id: UUID
    day: StoredDay
    account: AccountKind


class LedgerCheck(View):
    """The proof that the books are right: everything here is zero or empty when they are."""

    total: SignedMoney = Field(description="Sum of all entries.")
    unbalanced_transactions: int
    bills_without_posting: tuple[UUID, ...] = Field(description="Bills whose status has no matching entries.")
    postings_without_bill: tuple[UUID, ...]
    bills_with_several_payments: tuple[UUID, ...]
    bills_with_several_refunds: tuple[UUID, ...]
    slips_that_differ: tuple[UUID, ...] = Field(description="Approved slips whose bills do not add up.")
    days_that_differ: tuple[LedgerDay, ...] = Field(
        default=(), description="Sums by day, of which balances are made, that are not those of their entries."
    )
    checked_at: Instant
    proven_until: Instant | None = Field(
        default=None, description="All that was written before it is proven, and what is wrong with it stands here."
    )
    to_check: int = Field(
        default=0, description="Rows written since then that wait to be proven; of each kind 10,000 are counted."
    )
    gone_over_at: Instant | None = Field(
        default=None,
        description="When the last pass over everything began: what was changed behind the system's back before it is "
        "found. Null until the first one has ended.",
    )

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not (
            self.total
            or self.unbalanced_transactions
            or self.bills_without_posting
            or self.postings_without_bill
            or self.bills_with_several_payments
            or self.bills_with_several_refunds
            or self.slips_that_differ
            or self.days_that_differ
        )


class BillStatement(View):
    """A bill as `reconcile` compares it with selections, registrations and the ledger."""

    id: UUID
    source: Source | None = Field(default=None, description="What it is for.")
    selection_id: UUID | None
    registration_id: UUID | None
    kind: FeeKind
    status: BillStatus
    amount: Money
    payments_posted: int = Field(description="Ledger transactions that pay it.")
    refunds_posted: int = Field(description="Ledger transactions that pay it back.")
    open_payments: int = Field(description="Pending slips that it is on.")
    refund_amount: Money
    review_state: ReviewState | None = Field(description="Of the selection's newest withdrawal.")
    changed_at: Instant
