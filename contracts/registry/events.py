"""What the registry publishes. Sagas and races: docs/sagas.md.

Every fact names the `student_version` that the change made: who needs the student's new state with it waits
until the copy of `StudentState` has that version.
"""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import MAX_EVENT_ROWS, Contract, Fact, State, StateItem
from contracts.notices import Decided
from contracts.stored import StoredDay, StoredElements, StoredName, StoredNumber, StoredTitle, Word
from contracts.trail import TrailSealed
from contracts.types import EnrolmentStatus, Gender, IdKind, Instant, Level


class Suspension(Contract):
    """A time in which the study clock stood still. Without an end it still does."""

    from_on: StoredDay
    until_on: StoredDay | None


class StudentItem(StoredElements, StateItem):
    """A student as other services see one: no ID number, no contact data."""

    student_number: StoredNumber
    name: StoredName
    gender: Gender | None = None
    teaching_point_id: UUID
    programme_id: UUID
    intake: StoredNumber
    major_name: StoredTitle
    status: EnrolmentStatus
    status_change_open: bool
    degree_intent: bool
    suspensions: tuple[Suspension, ...]


class StudentState(State[StudentItem], owner="registry", version=1):
    """Copied by identity (accounts), courses, finance and exams."""


class StudentDocumentItem(StateItem):
    """By which document a student is known, and for which level it is in use."""

    id_kind: IdKind
    id_number: StoredNumber
    level: Level
    studying: bool = Field(description="Whether the student is active or suspended: nobody begins the level twice.")


class StudentDocumentState(State[StudentDocumentItem], owner="registry", version=1):
    """Copied by enrollment, which refuses who studies for the level already."""


class RefusedAdmission(Contract):
    """Somebody who was admitted and can't have a record."""

    student_id: UUID
    application_id: UUID
    code: Word = Field(description="Why: `id_number_taken`, `student_number_taken`.")


class AdmissionsRefused(Fact, owner="registry", version=1, rows="refused"):
    """`StudentsAdmitted` made no record for these → enrollment rejects the forms, whose numbers stay used."""

    refused: Annotated[tuple[RefusedAdmission, ...], Field(max_length=MAX_EVENT_ROWS)]


class StudentLeft(Fact, owner="registry", version=1):
    """退学 → courses closes what is unpaid; → exams cancels what is not sat."""

    change_id: UUID
    student_id: UUID
    student_version: int
    voluntary: bool
    left_at: Instant


class EndedAdmission(Contract):
    """A student whose record ended because the admission was taken back."""

    student_id: UUID
    student_version: int
    ended_at: Instant


class AdmissionsEnded(Fact, owner="registry", version=1, rows="ended"):
    """取消入学资格 → courses closes what is unpaid and puts up for withdrawal what is paid; → exams cancels what is not
    sat."""

    ended: Annotated[tuple[EndedAdmission, ...], Field(max_length=MAX_EVENT_ROWS)]


class StudentSuspended(Fact, owner="registry", version=1):
    """休学 → courses closes what is unpaid; → exams suspends registrations."""

    change_id: UUID
    student_id: UUID
    student_version: int
    suspended_at: Instant


class StudentResumed(Fact, owner="registry", version=1):
    """复学 → courses lets unpaid selections stand; → exams releases registrations not yet arranged."""

    change_id: UUID
    student_id: UUID
    student_version: int
    resumed_at: Instant


class TransferRequested(Fact, owner="registry", version=1):
    """转教学点 is approved → finance: `TransferHeld` while a bill is being paid, then `TransferCleared`."""

    change_id: UUID
    student_id: UUID
    from_teaching_point_id: UUID
    to_teaching_point_id: UUID


class TransferRevoked(Fact, owner="registry", version=1):
    """The transfer is off → finance lets the student's bills be paid again."""

    change_id: UUID
    student_id: UUID


class StudentTransferred(Fact, owner="registry", version=1):
    """The student belongs to another point → courses, finance (unpaid bills) and exams move their rows."""

    change_id: UUID
    student_id: UUID
    student_version: int
    from_teaching_point_id: UUID = Field(description="Keeps reading the bills and slips that it paid.")
    to_teaching_point_id: UUID
    transferred_at: Instant


class RegistryDecided(Decided, owner="registry", version=1):
    """Status changes were decided → identity keeps notices."""


class RegistryTrailSealed(TrailSealed, owner="registry", version=1):
    """→ identity keeps the head of the audit trail where this service can't change it."""
