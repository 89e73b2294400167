"""What courses publishes. Sagas and races: docs/sagas.md."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import MAX_EVENT_ROWS, Contract, Fact, State, StateItem
from contracts.common import ClosingReason
from contracts.courses.states import CourseStatus, ProgrammeStatus
from contracts.stored import StoredElements, StoredNumber, StoredText, StoredTitle
from contracts.trail import TrailSealed
from contracts.types import Credits, EducationLevel, ExamKind, Instant

# --- state ---


class CourseItem(StateItem):
    """A course as others see it. `education_levels` are the levels whose students may take it."""

    code: StoredNumber
    name: StoredTitle
    credits: Credits
    education_levels: tuple[EducationLevel, ...]
    status: CourseStatus


class CourseState(State[CourseItem], owner="courses", version=1):
    """Copied by finance and exams."""


class ProgrammeItem(StoredElements, StateItem):
    """A programme version: for students of its elements whose intake is in `from_intake`..`until_intake`."""

    code: StoredNumber
    name: StoredTitle
    major_name: StoredTitle
    version_number: int
    status: ProgrammeStatus
    from_intake: StoredNumber
    until_intake: StoredNumber | None = Field(description="Last intake; empty while no later version is published.")
    teaching_point_ids: tuple[UUID, ...] = Field(description="Where it is offered.")
    minimum_years: StoredNumber
    maximum_years: StoredNumber


class ProgrammeState(State[ProgrammeItem], owner="courses", version=1):
    """Copied by registry."""


# --- facts ---


class SelectedCourse(Contract):
    """A selection with all that bill and exam registration need. Prices are those valid at `selected_at`."""

    selection_id: UUID
    student_id: UUID
    teaching_point_id: UUID = Field(description="The student's point when selecting.")
    selection_round_id: UUID
    course_id: UUID
    course_version_id: UUID
    education_levels: tuple[EducationLevel, ...] = Field(description="With both, the cheaper standard is charged.")
    credits: Credits
    student_type: StoredTitle
    student_source: StoredTitle
    exam_round_id: UUID | None = Field(description="Empty when the course has no final.")
    exam_kind: ExamKind | None = Field(description="Empty when the course has no final.")
    selected_at: Instant


class CoursesSelected(Fact, owner="courses", version=1, rows="selections"):
    """Selections were made and wait for payment → finance issues their bills or answers `BillingRefused`."""

    selections: Annotated[tuple[SelectedCourse, ...], Field(max_length=MAX_EVENT_ROWS)]


class ClosingSelection(Contract):
    """An unpaid selection that is to end. `attempt` counts the askings; the answer repeats it."""

    selection_id: UUID
    attempt: int
    reason: ClosingReason


class SelectionsClosing(Fact, owner="courses", version=1, rows="selections"):
    """Courses asks for bills to be cancelled → finance: `BillsCancelled` or `BillCancellationRefused`."""

    selections: Annotated[tuple[ClosingSelection, ...], Field(max_length=MAX_EVENT_ROWS)]


class SentWithdrawal(Contract):
    """A withdrawal that passed the academic review."""

    withdrawal_id: UUID
    selection_id: UUID
    student_id: UUID
    teaching_point_id: UUID
    course_id: UUID
    exam_round_id: UUID | None = Field(description="Empty when the course has no final: then there is nothing to hold.")
    reason: StoredText
    requested_by: UUID | None = Field(description="Empty when the system opened it.")
    requested_at: Instant
    academic_reviewer_id: UUID
    sent_at: Instant


class WithdrawalsSentToFinance(Fact, owner="courses", version=1, rows="withdrawals"):
    """→ exams holds the registration; → finance opens the review, which waits for that hold."""

    withdrawals: Annotated[tuple[SentWithdrawal, ...], Field(max_length=MAX_EVENT_ROWS)]


class CoursesTrailSealed(TrailSealed, owner="courses", version=1):
    """→ identity keeps the head of the audit trail where this service can't change it."""
