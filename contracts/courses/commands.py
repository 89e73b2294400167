"""What courses can be told to do.

Where the catalogue is concerned: `catalogue_commands`. This room holds selections and withdrawals.
"""

from typing import Annotated

from pydantic import Field

from contracts.base import Command
from contracts.common import RowResults
from contracts.courses.views import BatchSelectionResult, SelectionResults, WithdrawalResults
from contracts.types import FewIds, Flag, Id, Ids, Note, Unique


class SelectCourses(Command, answers=SelectionResults):
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


class CancelSelections(Command, answers=RowResults):
    """Cancel unpaid selections: they are `closing` until finance has cancelled their bills.

    Refused by row: `not_found`, `payment_in_review`, `step_not_allowed` (paid: ask for a withdrawal instead).
    """

    selection_ids: Ids = Field(description="The selections.")


class RequestWithdrawals(Command, answers=WithdrawalResults):
    """Ask for paid courses to be withdrawn, inside the round's withdrawal window.

    Refused by row: `not_found`, `withdrawal_window_closed`, `withdrawal_already_open`, `payment_in_review`,
    `selection_not_paid`.
    """

    selection_ids: FewIds = Field(description="The selections.")
    reason: Note = Field(description="Why.", examples=["工作调动，本学期无法学习"])


class ApproveWithdrawals(Command, answers=RowResults):
    """The academic review agrees: `pending_academic` → `pending_finance`, learning closes.

    Refused by row: `not_found`, `step_not_allowed`, `decides_own_request`.
    """

    withdrawal_ids: Ids = Field(description="The withdrawals.")
    note: Note | None = Field(default=None, description="Remark for the record.")


class RejectWithdrawals(Command, answers=RowResults):
    """The academic review refuses: `pending_academic` → `academic_rejected`.

    Refused by row: `not_found`, `step_not_allowed`, `decides_own_request`.
    """

    withdrawal_ids: Ids = Field(description="The withdrawals.")
    note: Note = Field(description="Why not; the applicant reads it.")


class RevokeWithdrawals(Command, answers=RowResults):
    """The applicant takes requests back: `pending_academic` → `revoked`.

    Refused by row: `not_found`, `step_not_allowed`.
    """

    withdrawal_ids: Ids = Field(description="The withdrawals.")
