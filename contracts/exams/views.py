"""What exams answers."""

from uuid import UUID

from pydantic import Field

from contracts.base import View
from contracts.common import HistoryStepView, Refusal
from contracts.exams.states import ExamRoundStatus, RegistrationEnd, RegistrationState
from contracts.stored import StoredName, StoredNumber, StoredTitle
from contracts.types import ExamKind, Instant


class SessionView(View):
    """场次: a time in which exams of a round are sat."""

    id: UUID
    exam_round_id: UUID
    name: StoredTitle
    starts_at: Instant
    ends_at: Instant
    version: int


class ExamRoundView(View):
    """考试批次."""

    id: UUID
    code: StoredNumber
    name: StoredTitle
    registration_opens_at: Instant
    registration_closes_at: Instant
    status: ExamRoundStatus
    arrangement_published_at: Instant | None
    session_count: int
    course_count: int
    version: int


class ExamRoundCourseView(View):
    """A course in a round, and its session."""

    id: UUID
    course_id: UUID
    course_code: StoredNumber
    course_name: StoredTitle
    session_id: UUID
    version: int


class ExamRoundDetails(ExamRoundView):
    """考试批次 with sessions and courses."""

    sessions: tuple[SessionView, ...]
    courses: tuple[ExamRoundCourseView, ...]


class RegistrationView(View):
    """报考: a student's exam of one course in one round."""

    id: UUID
    selection_id: UUID | None = Field(description="Empty for a resit.")
    resit_of: UUID | None = Field(description="The registration that the resit repeats.")
    student_id: UUID
    student_number: StoredNumber | None
    student_name: StoredName | None
    teaching_point_id: UUID
    course_id: UUID
    course_code: StoredNumber | None
    course_name: StoredTitle | None
    exam_round_id: UUID
    exam_round_code: StoredNumber
    exam_kind: ExamKind
    session_name: StoredTitle | None
    starts_at: Instant | None
    state: RegistrationState
    ended_by: RegistrationEnd | None
    held_by_withdrawal_id: UUID | None
    held_by_suspension: bool
    registered_at: Instant
    version: int


class RegistrationDetails(RegistrationView):
    """报考 with its history."""

    history: tuple[HistoryStepView, ...]


class ResitResult(View):
    """What became of one resit: the registration, or every reason against it."""

    resit_of: UUID
    registration_id: UUID | None = None
    state: RegistrationState | None = None
    refusals: tuple[Refusal, ...] = ()


class ResitResults(View):
    """One result a resit, in the order asked."""

    results: tuple[ResitResult, ...]


class ArrangementResult(View):
    """What publishing an arrangement did."""

    exam_round: ExamRoundView
    arranged: int
    suspended: int = Field(description="Held for a withdrawal: their seats stay empty.")
    lapsed: int = Field(description="Of suspended students: their exam fees go back.")


class AttendanceResult(View):
    """What recording the attendance did."""

    sat: int
    absent: int


class RegistrationStatement(View):
    """A registration as `reconcile` compares it with selections and bills."""

    id: UUID
    selection_id: UUID | None
    bill_id: UUID | None = Field(description="The exam bill that paid it.")
    state: RegistrationState
    ended_by: RegistrationEnd | None
    held_by_withdrawal_id: UUID | None
    changed_at: Instant
