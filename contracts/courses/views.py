"""What courses answers about rounds, selections and withdrawals."""

from uuid import UUID

from pydantic import Field

from contracts.base import View
from contracts.common import ClosingReason, HistoryStepView, ReasonCount, Refusal, TaskView
from contracts.courses.catalogue_views import CourseView
from contracts.courses.states import (
    PlanCourseState,
    RoundStatus,
    SelectionState,
    WithdrawalState,
)
from contracts.stored import StoredName, StoredNumber, StoredText, StoredTitle, Word
from contracts.types import (
    Credits,
    EnrolmentStatus,
    Instant,
    Money,
)


class SelectionRoundView(View):
    """选课批次."""

    id: UUID
    code: StoredNumber
    name: StoredTitle
    opens_at: Instant
    closes_at: Instant
    payment_deadline: Instant
    withdrawal_closes_at: Instant
    status: RoundStatus
    course_count: int
    version: int


class SelectionRoundDetails(SelectionRoundView):
    """选课批次 with its courses."""

    courses: tuple[CourseView, ...]


class SelectionBill(View):
    """A bill of a selection, as finance last told."""

    bill_id: UUID
    number: StoredNumber
    kind: Word
    amount: Money
    status: Word


class SelectionView(View):
    """A course selected by or for a student."""

    id: UUID
    student_id: UUID
    student_number: StoredNumber
    student_name: StoredName
    teaching_point_id: UUID
    course_id: UUID
    course_code: StoredNumber
    course_name: StoredTitle
    credits: Credits
    selection_round_id: UUID
    exam_round_id: UUID | None
    state: SelectionState
    closing_reason: ClosingReason | None
    refusal: Refusal | None = Field(description="Why billing or the exam registration was refused, if it was.")
    learning_open: bool
    withdrawal_state: WithdrawalState | None = Field(description="Of the newest withdrawal.")
    selected_at: Instant
    selected_by: UUID | None
    due_at: Instant | None = Field(description="Until when to pay.")
    bills: tuple[SelectionBill, ...]
    version: int


class SelectionResult(View):
    """What became of one course of a selection: the selection, or every reason against it."""

    course_id: UUID
    selection_id: UUID | None = None
    state: SelectionState | None = None
    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[Refusal, ...] = Field(default=(), description="What speaks not against it, as a clash of exams.")


class SelectionResults(View):
    """One result a course, in the order asked."""

    results: tuple[SelectionResult, ...]


class BatchPair(View):
    """A student and course that a batch did not select, and why."""

    student_id: UUID
    course_id: UUID
    refusals: tuple[Refusal, ...]


class BatchSelectionResult(View):
    """What a batch did, or in a dry run would do. A large batch answers with the task that does it."""

    task: TaskView | None = None
    dry_run: bool
    selected: int
    skipped: int = Field(description="Pairs already selected and open, or already passed.")
    refused: int
    skipped_pairs: tuple[BatchPair, ...] = Field(description="The first 1,000.")
    refused_pairs: tuple[BatchPair, ...] = Field(description="The first 1,000.")


class CohortStudent(View):
    """A student whom a batch may choose."""

    student_id: UUID
    student_number: StoredNumber
    name: StoredName
    teaching_point_id: UUID
    status: EnrolmentStatus
    current_term: int | None


class WithdrawalView(View):
    """退课申请."""

    id: UUID
    selection_id: UUID
    student_id: UUID
    student_number: StoredNumber
    student_name: StoredName
    teaching_point_id: UUID
    course_id: UUID
    course_code: StoredNumber
    course_name: StoredTitle
    state: WithdrawalState
    learning_open: bool
    revocable: bool
    reason: StoredText
    refusal: Refusal | None = Field(description="Why it was rejected by itself, as `exam_already_sat`.")
    amount: Money | None = Field(description="What finance refunds, once approved.")
    requested_by: UUID | None
    requested_at: Instant
    version: int


class WithdrawalDetails(WithdrawalView):
    """退课申请 with its history."""

    history: tuple[HistoryStepView, ...]


class WithdrawalResult(View):
    """What became of one selection's request."""

    selection_id: UUID
    withdrawal_id: UUID | None = None
    state: WithdrawalState | None = None
    refusals: tuple[Refusal, ...] = ()


class WithdrawalResults(View):
    """One result a selection, in the order asked; `done` requests were made, or would be by a command that is tried."""

    results: tuple[WithdrawalResult, ...]
    done: int = 0
    reasons: tuple[ReasonCount, ...] = Field(default=(), description="Why others were refused, the commonest first.")


class PlanCourse(View):
    """A course of a student's plan, and where it stands."""

    course_id: UUID
    course_code: StoredNumber
    course_name: StoredTitle
    module: StoredTitle
    credits: Credits
    suggested_term: int
    compulsory: bool
    degree_only: bool
    state: PlanCourseState
    selection_id: UUID | None
    selectable: bool = Field(description="Whether it could be selected now, in some open round.")
    refusals: tuple[Refusal, ...] = Field(description="What speaks against selecting it now.")


class Plan(View):
    """A student's programme with the state of each course."""

    student_id: UUID
    student_number: StoredNumber
    student_name: StoredName
    status: EnrolmentStatus
    programme_id: UUID
    programme_name: StoredTitle
    current_term: int | None = Field(description="Terms since the intake, less suspended ones.")
    total_credits: Credits
    selected_credits: Credits
    courses: tuple[PlanCourse, ...]


class SelectionCount(View):
    """Selections of one round, point and course."""

    selection_round_id: UUID
    teaching_point_id: UUID | None = Field(description="Empty when not grouped by point.")
    course_id: UUID | None = Field(description="Empty when not grouped by course.")
    course_name: StoredTitle | None
    pending_payment: int
    selected: int
    cancelled: int
    lapsed: int
    withdrawn: int


class SelectionStatistics(View):
    """Selection figures."""

    items: tuple[SelectionCount, ...]


class SelectionStatement(View):
    """A selection as `reconcile` compares it with bills and registrations."""

    id: UUID
    student_id: UUID
    course_id: UUID
    exam_round_id: UUID | None
    state: SelectionState
    billing_refused: bool
    registration_refused: bool
    closing_reason: ClosingReason | None = Field(default=None, description="Why it ends, or is to end, unpaid.")
    withdrawal_id: UUID | None = Field(description="The newest one.")
    withdrawal_state: WithdrawalState | None
    changed_at: Instant
