"""What finance can be asked."""

from typing import Annotated

from pydantic import Field

from contracts.base import Contract, KeysetPage, KeysetQuery, Page, PageQuery, Query
from contracts.finance.states import (
    AccountKind,
    BillStatus,
    RefundReason,
    RefundState,
    RemittanceState,
    ReviewState,
)
from contracts.finance.views import (
    BalanceView,
    BillDetails,
    BillStatement,
    BillView,
    FeeStandardView,
    LedgerCheck,
    LedgerEntryView,
    PaymentsByDay,
    RefundRuleView,
    RefundView,
    RemittanceDetails,
    RemittanceView,
    SuspenseView,
    WithdrawalReviewDetails,
    WithdrawalReviewView,
)
from contracts.types import (
    Day,
    EducationLevel,
    FeeKind,
    Id,
    IntakeCode,
    Label,
    Level,
    MajorCode,
    SchoolingLength,
    SearchText,
)


class ListFeeStandards(PageQuery, answers=Page[FeeStandardView], order="-valid_from", sorts=("amount",)):
    """Fee standards."""

    education_level: EducationLevel | None = Field(default=None, description="Only for this level.")
    kind: FeeKind | None = Field(default=None, description="Only of this kind.")
    on: Day | None = Field(default=None, description="Only those in force on this day.")


class ListRefundRules(PageQuery, answers=Page[RefundRuleView], order="kind", sorts=("within_days",)):
    """The table that says how much of a fee goes back."""


class BillFilters(Contract):
    """What bills are looked for by."""

    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")
    student_id: Id | None = Field(default=None, description="Only of this student.")
    selection_id: Id | None = Field(default=None, description="Only of this selection.")
    remittance_id: Id | None = Field(default=None, description="Only on this slip.")
    course_id: Id | None = Field(default=None, description="Only for this course.")
    intake: IntakeCode | None = Field(default=None, description="Only of students of this intake.")
    level: Level | None = Field(default=None, description="Only of students of this level.")
    student_type: Label | None = Field(default=None, description="Only of this student type.")
    major_code: MajorCode | None = Field(default=None, description="Only of this major.")
    schooling_length: SchoolingLength | None = Field(default=None, description="Only of this schooling length.")
    status: BillStatus | None = Field(default=None, description="Only in this status.")
    kind: FeeKind | None = Field(default=None, description="Only of this kind.")
    search: SearchText | None = Field(
        default=None, description="Part of a student's name, or the beginning of a student's or bill's number."
    )


class ListBills(
    BillFilters,
    PageQuery,
    answers=Page[BillView],
    order="-issued_at",
    sorts=("number", "amount", "student_number"),
    together=(
        ("teaching_point_id", "status"),
        ("teaching_point_id", "intake"),
        ("teaching_point_id", "course_id"),
        ("intake", "major_code"),
        ("intake", "level"),
        ("intake", "student_type"),
        ("intake", "schooling_length"),
        ("intake", "status"),
        ("major_code", "status"),
    ),
    looked_at=("kind", "search"),
):
    """Bills."""


class GetBill(Query, answers=BillDetails):
    """A bill with its history."""

    bill_id: Id = Field(description="The bill.")


class ListRemittances(
    PageQuery,
    answers=Page[RemittanceView],
    order="-created_at",
    sorts=("number", "amount"),
    looked_at=("search",),
):
    """Remittance slips."""

    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")
    state: RemittanceState | None = Field(default=None, description="Only in this state.")
    search: SearchText | None = Field(default=None, description="Part of a slip's number or payer.")


class GetRemittance(Query, answers=RemittanceDetails):
    """A slip with its bills and history."""

    remittance_id: Id = Field(description="The slip.")


class ListWithdrawalReviews(PageQuery, answers=Page[WithdrawalReviewView], order="requested_at", looked_at=("search",)):
    """Withdrawals in finance."""

    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")
    state: ReviewState | None = Field(default=None, description="Only in this state.")
    search: SearchText | None = Field(
        default=None, description="Part of a student's name, or the beginning of the student number."
    )


class GetWithdrawalReview(Query, answers=WithdrawalReviewDetails):
    """A withdrawal in finance: bills, what goes back by which rule, history."""

    withdrawal_id: Id = Field(description="The withdrawal.")


class ListRefunds(PageQuery, answers=Page[RefundView], order="created_at", sorts=("amount",), looked_at=("reason",)):
    """Refunds."""

    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")
    state: RefundState | None = Field(default=None, description="Only in this state.")
    reason: RefundReason | None = Field(default=None, description="Only for this reason.")
    withdrawal_id: Id | None = Field(default=None, description="Only of this withdrawal.")


class ListSuspense(PageQuery, answers=Page[SuspenseView], order="-booked_at"):
    """Money that came for bills cancelled or paid already."""

    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")


class ListLedgerEntries(
    PageQuery,
    answers=Page[LedgerEntryView],
    order="-posted_at",
    together=(("teaching_point_id", "account"), ("teaching_point_id", "since"), ("account", "since")),
):
    """The ledger."""

    account: AccountKind | None = Field(default=None, description="Only of this kind of account.")
    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")
    student_id: Id | None = Field(default=None, description="Only of this student.")
    bill_id: Id | None = Field(default=None, description="Only of this bill.")
    transaction_id: Id | None = Field(default=None, description="Only of this transaction.")
    since: Day | None = Field(default=None, description="Only posted on or after this day.")
    until: Day | None = Field(default=None, description="Only posted on or before this day.")


class GetBalance(Query, answers=BalanceView):
    """What a teaching point or a student owed at the end of a day. One of the two is named."""

    teaching_point_id: Id | None = Field(default=None, description="The teaching point.")
    student_id: Id | None = Field(default=None, description="The student.")
    on: Day | None = Field(default=None, description="The day; today when left out.")


class GetPaymentsByDay(Query, answers=PaymentsByDay):
    """What was paid and what was paid back, day by day, by the days on which it was booked."""

    until: Day | None = Field(default=None, description="The last day; today when left out.")
    days: Annotated[int, Field(ge=1, le=366, description="How many days, the last one included.", examples=[30])] = 30
    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")


class CheckLedger(Query, answers=LedgerCheck):
    """Prove that the ledger is zero and agrees with bills, slips and refunds one to one.

    The books are proven as they are written, and gone over from the beginning once a day. This tells what was found so
    and proves what has changed since; or all of it now, when the `whole` is asked for.
    """

    whole: bool = Field(
        default=False,
        description="Prove everything now: a minute for some millions of bills, and refused (`deadline_exceeded`) "
        "where it takes longer than a request may. `jiaowu reconcile` has no such limit.",
    )


class ListBillStatements(KeysetQuery, answers=KeysetPage[BillStatement]):
    """Every bill as `reconcile` compares it with selections, registrations and the ledger."""
