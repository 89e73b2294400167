"""What enrollment publishes. Sagas and races: docs/sagas.md."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import MAX_EVENT_ROWS, Contract, Fact
from contracts.notices import Decided
from contracts.people import Contact, PriorEducation
from contracts.stored import StoredDay, StoredElements, StoredName, StoredNumber, StoredTitle, Word
from contracts.trail import TrailSealed
from contracts.types import Gender, IdKind, Instant


class AdmittedStudent(StoredElements):
    """Somebody who was admitted, with all that a student record is made of. The id is that of the record."""

    student_id: UUID
    application_id: UUID
    student_number: StoredNumber
    name: StoredName
    gender: Gender
    id_kind: IdKind
    id_number: StoredNumber
    birth_on: StoredDay
    ethnicity: Word
    political_status: StoredTitle | None
    teaching_point_id: UUID
    programme_id: UUID
    major_name: StoredTitle
    intake: StoredNumber
    contact: Contact
    prior_education: PriorEducation
    admitted_at: Instant


class StudentsAdmitted(Fact, owner="enrollment", version=1, rows="students"):
    """The school has admitted → the registry makes the records, or answers `AdmissionsRefused`. That it made one its
    `StudentState` tells."""

    students: Annotated[tuple[AdmittedStudent, ...], Field(max_length=MAX_EVENT_ROWS)]


class CancelledAdmission(Contract):
    """Somebody whose admission was taken back. The id is that of the record."""

    student_id: UUID
    application_id: UUID
    cancelled_at: Instant


class AdmissionsCancelled(Fact, owner="enrollment", version=1, rows="cancelled"):
    """The school has taken admissions back → the registry ends the records, also of those whose admission it has not
    heard of yet."""

    cancelled: Annotated[tuple[CancelledAdmission, ...], Field(max_length=MAX_EVENT_ROWS)]


class EnrollmentDecided(Decided, owner="enrollment", version=1):
    """Forms were decided → identity keeps notices."""


class EnrollmentTrailSealed(TrailSealed, owner="enrollment", version=1):
    """→ identity keeps the head of the audit trail where this service can't change it."""
