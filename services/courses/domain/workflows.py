"""The states of what courses owns, and who moves it on."""

from chassis.work.workflow import EVERYONE, SYSTEM, WHO_ASKED, Step, Workflow, acting_under, decider
from contracts.courses.events import SelectionsClosing, WithdrawalsSentToFinance
from contracts.courses.states import (
    AssessmentRequirementState,
    CourseStatus,
    CourseVersionStatus,
    ProgrammeStatus,
    RoundStatus,
    SelectionState,
    WithdrawalState,
)

PENDING_PAYMENT = SelectionState.PENDING_PAYMENT
CLOSING = SelectionState.CLOSING
SELECTED = SelectionState.SELECTED

OPEN_STATES = (PENDING_PAYMENT, CLOSING, SELECTED)

CANCELLER = acting_under("courses.cancel_selections")

SELECTION = Workflow(
    "selection",
    PENDING_PAYMENT,
    (
        #    state            action             who        next                      emits
        Step(PENDING_PAYMENT, "cancel", CANCELLER, CLOSING, SelectionsClosing),
        Step(PENDING_PAYMENT, "close", SYSTEM, CLOSING, SelectionsClosing),
        Step(PENDING_PAYMENT, "pay", SYSTEM, SELECTED),
        Step(PENDING_PAYMENT, "refuse_billing", SYSTEM, SelectionState.CANCELLED),
        # Finance's answers to the asking. A payment that was quicker wins.
        Step(CLOSING, "end_cancelled", SYSTEM, SelectionState.CANCELLED),
        Step(CLOSING, "end_lapsed", SYSTEM, SelectionState.LAPSED),
        # Final for any asking, so also when the refusal of an earlier one has just been heard.
        Step(PENDING_PAYMENT, "end_cancelled", SYSTEM, SelectionState.CANCELLED),
        Step(PENDING_PAYMENT, "end_lapsed", SYSTEM, SelectionState.LAPSED),
        Step(CLOSING, "stand", SYSTEM, PENDING_PAYMENT),
        Step(CLOSING, "pay", SYSTEM, SELECTED),
        Step(CLOSING, "refuse_billing", SYSTEM, SelectionState.CANCELLED),
        Step(SELECTED, "withdraw", SYSTEM, SelectionState.WITHDRAWN),
    ),
)

PENDING_ACADEMIC = WithdrawalState.PENDING_ACADEMIC
PENDING_FINANCE = WithdrawalState.PENDING_FINANCE
FINANCE_APPROVED = WithdrawalState.FINANCE_APPROVED
REFUNDED = WithdrawalState.REFUNDED

POINT = acting_under("courses.request_withdrawals")  # or the student; colleagues stand in for each other
REGISTRAR = decider("courses.review_withdrawals", decided_by="academic_reviewer_id")

WITHDRAWAL = Workflow(
    "withdrawal",
    PENDING_ACADEMIC,
    (
        #    state             action             who        next                      emits
        Step(PENDING_ACADEMIC, "approve", REGISTRAR, PENDING_FINANCE, WithdrawalsSentToFinance),
        Step(PENDING_ACADEMIC, "reject", REGISTRAR, WithdrawalState.ACADEMIC_REJECTED),
        Step(PENDING_ACADEMIC, "revoke", POINT, WithdrawalState.REVOKED, tells=WHO_ASKED),
        # Finance decides there and people are told of it here, where they asked.
        Step(PENDING_FINANCE, "finance_approve", SYSTEM, FINANCE_APPROVED, tells=EVERYONE),
        Step(PENDING_FINANCE, "finance_reject", SYSTEM, WithdrawalState.FINANCE_REJECTED, tells=EVERYONE),
        # The refund may be heard of before the approval that it includes.
        Step(PENDING_FINANCE, "refund", SYSTEM, REFUNDED, tells=EVERYONE),
        Step(FINANCE_APPROVED, "refund", SYSTEM, REFUNDED, tells=EVERYONE),
    ),
    open=(PENDING_ACADEMIC, PENDING_FINANCE),
)

NOT_LEARNING = (PENDING_FINANCE, FINANCE_APPROVED, REFUNDED)
"""Withdrawal states in which the student may not go on learning (CRS-8)."""

CATALOGUE = acting_under("courses.manage_catalogue")
REVIEWER = decider("courses.manage_catalogue", decided_by="reviewed_by")

REQUIREMENT = Workflow(
    "assessment_requirement",
    AssessmentRequirementState.PENDING,
    (
        Step(AssessmentRequirementState.PENDING, "approve", REVIEWER, AssessmentRequirementState.APPROVED),
        Step(AssessmentRequirementState.PENDING, "reject", REVIEWER, AssessmentRequirementState.REJECTED),
        Step(AssessmentRequirementState.APPROVED, "supersede", CATALOGUE, AssessmentRequirementState.SUPERSEDED),
    ),
)

COURSE = Workflow(
    "course",
    CourseStatus.DRAFT,
    (
        Step(CourseStatus.DRAFT, "publish", CATALOGUE, CourseStatus.PUBLISHED),
        Step(CourseStatus.PUBLISHED, "retire", CATALOGUE, CourseStatus.RETIRED),
    ),
    column="status",
)

# A version that was in use before may be put in use again.
COURSE_VERSION = Workflow(
    "course_version",
    CourseVersionStatus.DRAFT,
    (
        Step(CourseVersionStatus.DRAFT, "use", CATALOGUE, CourseVersionStatus.IN_USE),
        Step(CourseVersionStatus.RETIRED, "use", CATALOGUE, CourseVersionStatus.IN_USE),
        Step(CourseVersionStatus.IN_USE, "retire", CATALOGUE, CourseVersionStatus.RETIRED),
    ),
    column="status",
)

PROGRAMME = Workflow(
    "programme",
    ProgrammeStatus.DRAFT,
    (Step(ProgrammeStatus.DRAFT, "publish", CATALOGUE, ProgrammeStatus.PUBLISHED),),
    column="status",
)

SELECTION_ROUND = Workflow(
    "selection_round",
    RoundStatus.DRAFT,
    (Step(RoundStatus.DRAFT, "publish", acting_under("courses.manage_rounds"), RoundStatus.PUBLISHED),),
    column="status",
)
