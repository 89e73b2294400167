"""What exams can be told to do."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts.base import Command, Contract, TryableCommand
from contracts.common import RowResults
from contracts.exams.views import ArrangementResult, AttendanceResult, ExamRoundDetails, ResitResults
from contracts.field_problem import FieldProblemError
from contracts.types import Code, FewIds, Id, Ids, Instant, ShortText, Unique, Version

# --- rounds (EXM-3) ---


class _ExamRoundFields(Command):
    name: ShortText = Field(description="Name.", examples=["2026年秋季期末考试"])
    registration_opens_at: Instant = Field(description="First moment to register.")
    registration_closes_at: Instant = Field(
        description="Registration ends before this.", examples=["2026-11-01T00:00:00+08:00"]
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.registration_closes_at <= self.registration_opens_at:
            raise FieldProblemError("window_reversed")
        return self


class CreateExamRound(_ExamRoundFields, answers=ExamRoundDetails):
    """Add a draft round. Refused: `exam_round_code_taken`."""

    code: Code = Field(description="Code, unique.", examples=["KS202701"])


class UpdateExamRound(_ExamRoundFields, answers=ExamRoundDetails):
    """Change name and window. Refused: `arrangement_published`, `session_before_close`."""

    exam_round_id: Id = Field(description="The round.")
    version: Version


class _SessionFields(Command):
    name: ShortText = Field(description="Name.", examples=["第1场"])
    starts_at: Instant = Field(description="Beginning.", examples=["2027-01-09T09:00:00+08:00"])
    ends_at: Instant = Field(description="End.", examples=["2027-01-09T10:30:00+08:00"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise FieldProblemError("window_reversed")
        return self


class AddSession(_SessionFields, answers=ExamRoundDetails):
    """Add a session. Refused: `session_before_close`, `sessions_overlap`, `arrangement_published`."""

    exam_round_id: Id = Field(description="The round.")


class UpdateSession(_SessionFields, answers=ExamRoundDetails):
    """Move a session. Refused: `session_before_close`, `sessions_overlap`, `arrangement_published`."""

    session_id: Id = Field(description="The session.")
    version: Version


class RemoveSession(Command, answers=ExamRoundDetails):
    """Remove a session without courses. Refused: `still_in_use`."""

    session_id: Id = Field(description="The session.")
    version: Version


class Placement(Contract, extra="forbid"):
    """A course and its session."""

    course_id: Id = Field(description="The course.")
    session_id: Id = Field(description="The session, of the same round.")


class PlaceCourses(TryableCommand, answers=ExamRoundDetails):
    """Put courses into sessions of a round, or move them. Refused: `arrangement_published`."""

    exam_round_id: Id = Field(description="The round.")
    placements: Annotated[tuple[Placement, ...], Field(min_length=1, max_length=500)] = Field(
        description="Each course once."
    )

    @model_validator(mode="after")
    def _each_course_once(self) -> Self:
        if len({placement.course_id for placement in self.placements}) != len(self.placements):
            raise FieldProblemError("list_has_doubles")
        return self


class RemoveCourses(TryableCommand, answers=ExamRoundDetails):
    """Take courses out of a draft round. A published round keeps its courses: `exam_round_published`."""

    exam_round_id: Id = Field(description="The round.")
    course_ids: Ids = Field(description="The courses.")


class PublishExamRound(TryableCommand, answers=ExamRoundDetails):
    """`draft` → `published`: registration opens by its window."""

    exam_round_id: Id = Field(description="The round.")
    version: Version


class PublishArrangement(TryableCommand, answers=ArrangementResult):
    """Fix who sits: each `registered` candidate becomes `arranged`; those of suspended students lapse.

    Refused: `registration_still_open`, `exam_sessions_of_candidates_clash`, `step_not_allowed`.
    """

    exam_round_id: Id = Field(description="The round.")
    version: Version


# --- registrations (EXM-4) ---


class RegisterResits(TryableCommand, answers=ResitResults):
    """Register resits of failed or absent exams in a round that is open; each is paid separately.

    Refused by row, with every reason: `not_found`, `resit_not_needed`, `exam_registration_not_open`,
    `course_not_in_exam_round`, `already_registered`, `student_not_active`. Without a fee standard finance
    answers `BillingRefused`, and the resit is cancelled.
    """

    exam_round_id: Id = Field(description="The round in which to sit.")
    registration_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=200), Unique] = Field(
        description="The registrations to repeat."
    )


class CancelResits(TryableCommand, answers=RowResults):
    """Cancel unpaid resits: they are `closing` until finance has cancelled the bill.

    Refused by row: `not_found`, `step_not_allowed` (paid, or no resit).
    """

    registration_ids: FewIds = Field(description="The resits.")


class RecordAttendance(TryableCommand, answers=AttendanceResult):
    """After a session: of one course's arranged candidates those named were absent, all others sat.

    Refused: `session_not_over`, `some_not_found`, `attendance_recorded`.
    """

    session_id: Id = Field(description="The session.")
    course_id: Id = Field(description="The course.")
    absent_ids: Annotated[tuple[Id, ...], Field(max_length=5000), Unique] = Field(
        description="Registrations of the absent."
    )
