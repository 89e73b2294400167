"""What the registry answers."""

from uuid import UUID

from pydantic import Field

from contracts.base import View
from contracts.people import Contact, PriorEducation
from contracts.registry.states import (
    ConfirmationState,
    StatusChangeKind,
    StatusChangeState,
)
from contracts.requests import RequestDetails
from contracts.stored import (
    StoredDay,
    StoredElements,
    StoredName,
    StoredNumber,
    StoredText,
    StoredTitle,
    Word,
)
from contracts.types import EnrolmentStatus, Gender, IdKind, Instant


class StudentView(StoredElements, View):
    """A student in lists. The ID number is masked."""

    id: UUID
    student_number: StoredNumber
    name: StoredName
    gender: Gender
    id_number_masked: StoredNumber
    teaching_point_id: UUID
    teaching_point_name: StoredTitle | None
    intake: StoredNumber
    major_name: StoredTitle
    status: EnrolmentStatus
    confirmation: ConfirmationState
    status_change_open: bool
    version: int


class StudentRecord(StudentView):
    """The whole student record."""

    id_kind: IdKind
    id_number: StoredNumber
    birth_on: StoredDay
    ethnicity: Word = Field(description="Code of GB/T 3304.")
    political_status: StoredTitle | None
    programme_id: UUID
    degree_intent: bool
    enrolled_on: StoredDay
    contact: Contact
    prior_education: PriorEducation
    account_refusal: Word | None = Field(
        default=None,
        description="Code of why the student has no account and can't sign in (`username_taken`); empty when nothing"
        " is known to be wrong.",
    )


class RecordStatement(View):
    """A student record as `reconcile` compares it with admissions and accounts."""

    id: UUID
    student_number: StoredNumber
    name: StoredName
    teaching_point_id: UUID
    programme_id: UUID
    status: EnrolmentStatus
    transferred: bool = Field(description="Whether the student has come from another teaching point.")
    account_refused: bool = Field(description="Whether identity has refused the student an account.")
    changed_at: Instant


class CancellationStatement(View):
    """A cancelled admission of which the registry has heard, as `reconcile` compares it with the form."""

    id: UUID = Field(description="Of the student's record, whether there is one or not.")
    changed_at: Instant


class StatusChangeView(View):
    """学籍异动."""

    id: UUID
    student_id: UUID
    student_number: StoredNumber
    student_name: StoredName
    kind: StatusChangeKind
    state: StatusChangeState
    waiting_for_bills: int | None = Field(description="Bills being paid that a transfer waits for.")
    from_teaching_point_id: UUID | None
    to_teaching_point_id: UUID | None
    from_on: StoredDay | None
    until_on: StoredDay | None
    voluntary: bool | None
    reason: StoredText
    requested_by: UUID
    requested_at: Instant
    version: int
    decided_by: UUID | None = Field(default=None, description="Who of the school approved or rejected it.")


class StatusChangeDetails(StatusChangeView, RequestDetails):
    """学籍异动 with its history and its files."""


class StudentCount(View):
    """Students of one status."""

    teaching_point_id: UUID | None = Field(description="Their teaching point, where they are counted by it.")
    status: EnrolmentStatus
    count: int


class StudentStatistics(View):
    """How many students there are."""

    items: tuple[StudentCount, ...]
