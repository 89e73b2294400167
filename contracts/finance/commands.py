"""What finance can be told to do."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts.base import Command, Done, TryableCommand
from contracts.common import RowResults, TaskView
from contracts.exports import Export
from contracts.field_problem import FieldProblemError
from contracts.finance.queries import BillFilters
from contracts.finance.views import (
    FeeStandardView,
    RefundRuleView,
    RefundView,
    RemittanceDetails,
)
from contracts.requests import Decision
from contracts.types import (
    Code,
    Day,
    EducationLevel,
    FeeKind,
    FileReference,
    Id,
    Ids,
    Label,
    ManyIds,
    Money,
    Note,
    Percent,
    ShortText,
    Version,
)

PositiveMoney = Annotated[Money, Field(ge=Decimal("0.01"))]
Days = Annotated[int, Field(strict=True, ge=0, le=3650, examples=[30])]

# --- fee standards and rules (FIN-1, FIN-6) ---


class CreateFeeStandard(Command, answers=FeeStandardView):
    """Set a fee. It may be narrowed by student type and source: the narrowest standard that fits is charged.

    Refused: `fee_standards_overlap`.
    """

    education_level: EducationLevel = Field(description="For courses of this level.")
    kind: FeeKind = Field(description="Per credit or per exam.")
    amount: PositiveMoney = Field(description="Yuan.", examples=["110.00"])
    student_type: Label | None = Field(default=None, description="Only for this student type.")
    student_source: Label | None = Field(default=None, description="Only for this student source.")
    valid_from: Day = Field(description="First day.")
    valid_until: Day | None = Field(default=None, description="Last day; open when left out.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise FieldProblemError("window_reversed")
        return self


class EndFeeStandard(Command, answers=FeeStandardView):
    """Give a standard its last day; its bills stay. Refused: `fee_standards_overlap`, `stale_version`."""

    fee_standard_id: Id = Field(description="The standard.")
    version: Version
    valid_until: Day = Field(description="Last day.")


class DeleteFeeStandard(Command, answers=Done):
    """Remove a standard by which no bill was made. Refused: `still_in_use`."""

    fee_standard_id: Id = Field(description="The standard.")
    version: Version


class CreateRefundRule(Command, answers=RefundRuleView):
    """Say how much of a fee goes back. The rule with the fewest days that still fits counts.

    Refused: `refund_rule_exists` (same kind and days).
    """

    kind: FeeKind = Field(description="Kind of fee.")
    within_days: Days | None = Field(
        default=None, description="Up to so many days after payment; at any time when left out."
    )
    percent: Percent = Field(description="Share that goes back.", examples=[100])


class DeleteRefundRule(Command, answers=Done):
    """Remove a rule."""

    refund_rule_id: Id = Field(description="The rule.")
    version: Version


# --- remittances (FIN-3, FIN-5) ---


class CreateRemittance(TryableCommand, answers=RemittanceDetails):
    """Make a slip for unpaid bills of one teaching point; they become `remitting`.

    All bills of a selection are paid together: choosing one chooses them all. Refused: `some_not_found`,
    `bills_not_unpaid`, `bills_of_several_points`, `student_in_transfer`, `money_day_in_future`,
    `money_day_too_long_ago`, `numbers_used_up`.
    """

    bill_ids: ManyIds = Field(description="The bills.")
    payer_name: ShortText = Field(description="Name of the paying account.", examples=["徐州教学点"])
    remitted_on: Day = Field(description="Day of the transfer.")


class AttachReceipt(Command, answers=RemittanceDetails):
    """Put the bank's receipt to a pending slip: PNG, JPG or PDF up to 5 MB."""

    remittance_id: Id = Field(description="The slip.")
    version: Version
    file: FileReference = Field(description="The image, as uploaded.")


class RevokeRemittance(TryableCommand, answers=RemittanceDetails):
    """`pending` → `revoked`, its bills `unpaid` again. Refused: `step_not_allowed` once reviewed."""

    remittance_id: Id = Field(description="The slip.")
    version: Version


class ApproveRemittance(TryableCommand, answers=RemittanceDetails):
    """`pending` → `approved`: the money is there, all bills are `paid`.

    Refused: `received_amount_differs`, `money_day_in_future`, `money_day_too_long_ago`, `step_not_allowed`,
    `decides_own_request`.
    """

    remittance_id: Id = Field(description="The slip.")
    version: Version
    received_amount: PositiveMoney = Field(description="Yuan that arrived; must be the slip's amount.")
    received_on: Day = Field(description="Day of arrival.")
    bank_reference: Code = Field(description="The bank's reference.", examples=["202609150001"])
    note: Note | None = Field(default=None, description="Remark for the record.")


class RejectRemittance(TryableCommand, answers=RemittanceDetails):
    """`pending` → `rejected`, its bills `unpaid` with the grace period.

    Refused: `step_not_allowed`, `decides_own_request`.
    """

    remittance_id: Id = Field(description="The slip.")
    version: Version
    note: Note = Field(description="Why not; the point reads it.")


class BookLateRemittance(TryableCommand, answers=RemittanceDetails):
    """The money of a rejected or revoked slip has arrived after all: → `booked_late`.

    Bills still `unpaid` become `paid`. What came for bills that are cancelled, on another slip or paid
    already goes to suspense and is refunded by itself. Refused: `received_amount_differs`, `money_day_in_future`,
    `money_day_too_long_ago`, `step_not_allowed`.
    """

    remittance_id: Id = Field(description="The slip.")
    version: Version
    received_amount: PositiveMoney = Field(description="Yuan that arrived; must be the slip's amount.")
    received_on: Day = Field(description="Day of arrival.")
    bank_reference: Code = Field(description="The bank's reference.", examples=["202609150001"])


# --- withdrawals and refunds (FIN-6) ---


class ApproveWithdrawalReviews(Decision):
    """Agree to withdrawals: `pending` → `approved`; refunds by the rule table are made.

    Refused by row: `not_found`, `step_not_allowed` (also while exams has not held the registration),
    `decides_own_request`, `same_reviewer`.
    """

    withdrawal_ids: Ids = Field(description="The withdrawals.")


class RejectWithdrawalReviews(Decision):
    """Do not agree: `pending` → `rejected`; the student goes on learning and keeps the exam.

    Refused by row: `not_found`, `step_not_allowed`, `decides_own_request`, `same_reviewer`.
    """

    withdrawal_ids: Ids = Field(description="The withdrawals.")
    note: Note = Field(description="Why not; the applicant reads it.")


class ConfirmRefunds(TryableCommand, answers=RowResults):
    """The money has gone out: `pending` → `completed`.

    Refused: `money_day_in_future`, `money_day_too_long_ago`; by row: `not_found`, `step_not_allowed`.
    """

    refund_ids: Ids = Field(description="The refunds.")
    paid_out_on: Day = Field(description="Day of the transfer.")
    bank_reference: Code = Field(description="The bank's reference.", examples=["202610080003"])


class FailRefund(TryableCommand, answers=RefundView):
    """The transfer did not work: `pending` → `failed`; the bill is `paid` again until it is retried."""

    refund_id: Id = Field(description="The refund.")
    version: Version
    note: Note = Field(description="What went wrong.", examples=["收款账号已注销"])


class RetryRefund(TryableCommand, answers=RefundView):
    """`failed` → `pending`."""

    refund_id: Id = Field(description="The refund.")
    version: Version


class PrintRemittanceSlip(Command, answers=TaskView):
    """汇款单 with its number, also as a QR code, and all its bills, as a task.

    Refused: `document_private_characters`, `document_unknown_characters`, `too_many_own_tasks`, `too_many_tasks`.
    """

    remittance_id: Id = Field(description="The slip.")


class ExportBills(BillFilters, Export, answers=TaskView):
    """Bills as a file, as a task: what the list shows with the same filters. Refused: `export_too_large`,
    `export_column_unknown`, `sort_not_supported`, `filter_not_supported`, `too_many_own_tasks`, `too_many_tasks`."""
