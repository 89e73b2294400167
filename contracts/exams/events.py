"""What exams publishes. Sagas and races: docs/sagas.md."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import MAX_EVENT_ROWS, Contract, Fact, State, StateItem
from contracts.common import ClosingReason
from contracts.exams.states import ExamRoundStatus
from contracts.stored import StoredNumber, StoredTitle, Word
from contracts.trail import TrailSealed
from contracts.types import EducationLevel, ExamKind, Instant

# --- state ---


class ExamRoundItem(StateItem):
    """An exam round as others see it."""

    code: StoredNumber
    name: StoredTitle
    registration_opens_at: Instant
    registration_closes_at: Instant
    status: ExamRoundStatus
    arrangement_published_at: Instant | None


class ExamRoundState(State[ExamRoundItem], owner="exams", version=1):
    """Copied by courses."""


class ExamRoundCourseItem(StateItem):
    """A course in a round, and when it is sat."""

    exam_round_id: UUID
    course_id: UUID
    session_id: UUID
    session_name: StoredTitle
    starts_at: Instant
    ends_at: Instant


class ExamRoundCourseState(State[ExamRoundCourseItem], owner="exams", version=1):
    """Copied by courses."""


# --- facts ---


class HeldRegistration(Contract):
    """The registration of a selection in withdrawal will not be sat while the hold lasts."""

    withdrawal_id: UUID
    selection_id: UUID
    registration_id: UUID | None = Field(description="Empty when there is none: no final, or it is not paid yet.")


class RegistrationsHeld(Fact, owner="exams", version=1, rows="held"):
    """The positive answer to `WithdrawalsSentToFinance` → finance may now decide."""

    held: Annotated[tuple[HeldRegistration, ...], Field(max_length=MAX_EVENT_ROWS)]


class RefusedHold(Contract):
    """The exam has begun or was sat: the withdrawal can't be agreed to."""

    withdrawal_id: UUID
    selection_id: UUID
    registration_id: UUID
    code: Word = Field(description="`exam_already_sat`.")


class RegistrationHoldRefused(Fact, owner="exams", version=1, rows="refused"):
    """The negative answer to `WithdrawalsSentToFinance` → finance rejects by itself and tells courses."""

    refused: Annotated[tuple[RefusedHold, ...], Field(max_length=MAX_EVENT_ROWS)]


class RefusedRegistration(Contract):
    """An exam fee was paid, and there is no seat for it: the fee goes back."""

    registration_id: UUID
    selection_id: UUID | None = Field(description="Empty for a resit.")
    bill_id: UUID
    code: Word = Field(description="`arrangement_published`, `student_suspended`; `student_not_active` of a resit.")


class RegistrationRefused(Fact, owner="exams", version=1, rows="refused"):
    """→ finance refunds the exam bill, → courses shows it on the selection, which stays `selected`."""

    refused: Annotated[tuple[RefusedRegistration, ...], Field(max_length=MAX_EVENT_ROWS)]


class RegisteredResit(Contract):
    """A resit with all that its bill needs. The price is the one valid at `registered_at`."""

    registration_id: UUID
    student_id: UUID
    teaching_point_id: UUID
    course_id: UUID
    education_levels: tuple[EducationLevel, ...] = Field(description="With both, the cheaper standard is charged.")
    student_type: StoredTitle
    student_source: StoredTitle
    exam_round_id: UUID
    exam_kind: ExamKind
    registered_at: Instant


class ResitsRegistered(Fact, owner="exams", version=1, rows="resits"):
    """Resits wait for payment → finance issues a bill for each or answers `BillingRefused`."""

    resits: Annotated[tuple[RegisteredResit, ...], Field(max_length=MAX_EVENT_ROWS)]


class ClosingResit(Contract):
    """An unpaid resit that is to end. `attempt` counts the askings; the answer repeats it."""

    registration_id: UUID
    attempt: int
    reason: ClosingReason


class ResitsClosing(Fact, owner="exams", version=1, rows="resits"):
    """Exams asks for bills to be cancelled → finance: `BillsCancelled` or `BillCancellationRefused`."""

    resits: Annotated[tuple[ClosingResit, ...], Field(max_length=MAX_EVENT_ROWS)]


class ExamsTrailSealed(TrailSealed, owner="exams", version=1):
    """→ identity keeps the head of the audit trail where this service can't change it."""
