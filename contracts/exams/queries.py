"""What exams can be asked."""

from pydantic import Field

from contracts.base import KeysetPage, KeysetQuery, Page, PageQuery, Query
from contracts.exams.states import ExamRoundStatus, RegistrationState
from contracts.exams.views import (
    ExamRoundDetails,
    ExamRoundView,
    RegistrationDetails,
    RegistrationStatement,
    RegistrationView,
)
from contracts.types import ExamKind, Id, SearchText


class ListExamRounds(PageQuery, answers=Page[ExamRoundView], order="-registration_opens_at", sorts=("code",)):
    """Exam rounds."""

    status: ExamRoundStatus | None = Field(default=None, description="Only in this status.")
    open_now: bool | None = Field(default=None, description="Only those whose registration is open, or is not.")


class GetExamRound(Query, answers=ExamRoundDetails):
    """An exam round with sessions and courses."""

    exam_round_id: Id = Field(description="The round.")


class ListRegistrations(
    PageQuery,
    answers=Page[RegistrationView],
    order="-registered_at",
    sorts=("student_number", "course_code"),
    together=(
        ("teaching_point_id", "exam_round_id"),
        ("teaching_point_id", "state"),
        ("exam_round_id", "course_id"),
        ("exam_round_id", "state"),
    ),
    looked_at=("session_id", "exam_kind", "resits", "search"),
):
    """Registrations."""

    exam_round_id: Id | None = Field(default=None, description="Only in this round.")
    session_id: Id | None = Field(default=None, description="Only in this session.")
    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")
    student_id: Id | None = Field(default=None, description="Only of this student.")
    course_id: Id | None = Field(default=None, description="Only of this course.")
    selection_id: Id | None = Field(default=None, description="Only of this selection.")
    state: RegistrationState | None = Field(default=None, description="Only in this state.")
    exam_kind: ExamKind | None = Field(default=None, description="Only of this kind.")
    resits: bool | None = Field(default=None, description="Only resits, or only first sittings.")
    search: SearchText | None = Field(
        default=None, description="Part of a student's name, or the beginning of the student number."
    )


class GetRegistration(Query, answers=RegistrationDetails):
    """A registration with its history."""

    registration_id: Id = Field(description="The registration.")


class ListRegistrationStatements(KeysetQuery, answers=KeysetPage[RegistrationStatement]):
    """Every registration as `reconcile` compares it with selections and bills."""
