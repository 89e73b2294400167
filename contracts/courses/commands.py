"""What courses can be told to do with rounds, selections and withdrawals. Calendar, catalogue and programmes have
`contracts.courses.catalogue_commands`."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts.base import Command, TryableCommand
from contracts.common import RowResults, TaskView
from contracts.courses.queries import SelectionFilters
from contracts.courses.views import BatchSelectionResult, SelectionResults, SelectionRoundDetails, WithdrawalResults
from contracts.exports import Export
from contracts.field_problem import FieldProblemError
from contracts.requests import Decision
from contracts.types import (
    Code,
    FewIds,
    Flag,
    Id,
    Ids,
    Instant,
    Note,
    ShortText,
    Unique,
    Version,
)

# --- selection rounds (CRS-3) ---


class _SelectionRoundFields(Command):
    name: ShortText = Field(description="Name.", examples=["2026年秋季选课"])
    opens_at: Instant = Field(description="First moment to select.")
    closes_at: Instant = Field(description="Selecting ends before this.", examples=["2026-10-15T00:00:00+08:00"])
    payment_deadline: Instant = Field(
        description="Unpaid selections lapse at this time.", examples=["2026-10-20T00:00:00+08:00"]
    )
    withdrawal_closes_at: Instant | None = Field(
        default=None,
        description="Withdrawals can be asked for until then; one month after closing when left out.",
        examples=["2026-11-15T00:00:00+08:00"],
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.opens_at < self.closes_at <= self.payment_deadline:
            raise FieldProblemError("window_reversed")
        if self.withdrawal_closes_at is not None and self.withdrawal_closes_at < self.closes_at:
            raise FieldProblemError("window_reversed")
        return self


class CreateSelectionRound(_SelectionRoundFields, answers=SelectionRoundDetails):
    """Add a draft round. Refused: `selection_round_code_taken`."""

    code: Code = Field(description="Code, unique.", examples=["XK202609"])


class UpdateSelectionRound(_SelectionRoundFields, answers=SelectionRoundDetails):
    """Change name and times, also of a published round: unpaid selections follow the payment deadline."""

    selection_round_id: Id = Field(description="The round.")
    version: Version


class AddCoursesToRound(TryableCommand, answers=SelectionRoundDetails):
    """Put courses into a round; those in it already stay."""

    selection_round_id: Id = Field(description="The round.")
    course_ids: Ids = Field(description="The courses.")


class RemoveCoursesFromRound(TryableCommand, answers=SelectionRoundDetails):
    """Take courses out of a round: no new selections, those there are run on."""

    selection_round_id: Id = Field(description="The round.")
    course_ids: Ids = Field(description="The courses.")


class PublishSelectionRound(TryableCommand, answers=SelectionRoundDetails):
    """`draft` → `published`: the round opens by its window."""

    selection_round_id: Id = Field(description="The round.")
    version: Version


# --- selections and withdrawals ---


class SelectCourses(TryableCommand, answers=SelectionResults):
    """Select courses for one student, by the point or the student. Each course is taken or refused by itself.

    A refused course comes back with every condition that fails and its evidence. Selected ones are
    `pending_payment`; finance issues their bills within moments.
    """

    student_id: Id = Field(description="The student.")
    selection_round_id: Id = Field(description="The round in which to select.")
    course_ids: FewIds = Field(description="The courses.")


class SelectCoursesInBatch(Command, answers=BatchSelectionResult):
    """Select courses for many students: each student with each course.

    Pairs already selected are skipped, pairs that break a condition refused, and both are listed; the others
    are selected, all at once up to 5,000 pairs, beyond that by a task. A dry run changes nothing.
    Refused: `too_many_own_tasks`, `too_many_tasks`.
    """

    selection_round_id: Id = Field(description="The round in which to select.")
    student_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=2000), Unique] = Field(
        description="The students, as `ListCohort` gives them."
    )
    course_ids: FewIds = Field(description="The courses.")
    dry_run: Flag = Field(default=False, description="Only tell what would happen.")


class CancelSelections(TryableCommand, answers=RowResults):
    """Cancel unpaid selections: they are `closing` until finance has cancelled their bills.

    Refused by row: `not_found`, `payment_in_review`, `step_not_allowed` (paid: ask for a withdrawal instead).
    """

    selection_ids: Ids = Field(description="The selections.")


class RequestWithdrawals(TryableCommand, answers=WithdrawalResults):
    """Ask for paid courses to be withdrawn, inside the round's withdrawal window.

    Refused by row: `not_found`, `withdrawal_window_closed`, `withdrawal_already_open`, `payment_in_review`,
    `selection_not_paid`.
    """

    selection_ids: FewIds = Field(description="The selections.")
    reason: Note = Field(description="Why.", examples=["工作调动，本学期无法学习"])


class ApproveWithdrawals(Decision, request="withdrawal"):
    """The academic review agrees: `pending_academic` → `pending_finance`, learning closes.

    Refused by row: `not_found`, `step_not_allowed`, `decides_own_request`.
    """

    withdrawal_ids: Ids = Field(description="The withdrawals.")


class RejectWithdrawals(Decision, request="withdrawal"):
    """The academic review refuses: `pending_academic` → `academic_rejected`.

    Refused by row: `not_found`, `step_not_allowed`, `decides_own_request`.
    """

    withdrawal_ids: Ids = Field(description="The withdrawals.")
    note: Note = Field(description="Why not; the applicant reads it.")


class RevokeWithdrawals(TryableCommand, answers=RowResults, request="withdrawal"):
    """The applicant takes requests back: `pending_academic` → `revoked`.

    Refused by row: `not_found`, `step_not_allowed`.
    """

    withdrawal_ids: Ids = Field(description="The withdrawals.")


class ExportSelections(SelectionFilters, Export, answers=TaskView):
    """Selections as a file, as a task: what the list shows with the same filters. Refused: `export_too_large`,
    `export_column_unknown`, `sort_not_supported`, `filter_not_supported`, `too_many_own_tasks`, `too_many_tasks`."""
