"""The certificate of enrolment (REG-12): that somebody studies here, since when, and what."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Final
from uuid import UUID

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.documents.batches import Batch
from chassis.documents.declaring import Document, Official
from chassis.documents.issued import Holder
from chassis.documents.making import Making, Said
from chassis.work.rows import lock_where
from contracts.base import Contract
from contracts.errors import ServiceError
from contracts.registry.commands import IssueEnrolmentCertificate, IssueEnrolmentCertificates
from contracts.stored import StoredDay, StoredName, StoredNumber, StoredTitle
from contracts.types import EnrolmentStatus, Gender, Level
from services.registry.domain.numbers import CERTIFICATE_NUMBER
from services.registry.domain.status_changes import LIVE
from services.registry.queries import list_students, student_record
from services.registry.tables import students


class EnrolmentCertificate(Contract):
    """What it says. The document number is masked: it proves the study, not who somebody is."""

    student_number: StoredNumber
    student_name: StoredName
    gender: Gender
    birth_on: StoredDay
    id_number_masked: StoredNumber
    level: Level
    student_type: StoredTitle
    major_name: StoredTitle
    schooling_length: StoredNumber
    intake: StoredNumber
    enrolled_on: StoredDay
    teaching_point_name: StoredTitle | None
    status: EnrolmentStatus


def _whereabouts(uow: UnitOfWork, student_ids: Collection[UUID]) -> dict[UUID, UUID | None]:
    found = lock_where(uow, students, ids_in(students.c.id, student_ids))
    return {id_: row.teaching_point_id for id_, row in found.items()}


ENROLMENT_CERTIFICATE: Final = Document(
    "enrolment_certificate",
    EnrolmentCertificate,
    Path(__file__).with_suffix(".typ"),
    archived=True,
    official=Official(
        CERTIFICATE_NUMBER,
        holder="student_name",
        shown=("level", "major_name", "enrolled_on", "status"),
        whereabouts=_whereabouts,
    ),
)


def certificate_of(command: IssueEnrolmentCertificate, uow: UnitOfWork) -> Said:
    """What the certificate of a student says now. Raises `not_found`, and `student_not_enrolled` of who has left."""
    record = student_record(uow, command.student_id)
    if record.status not in LIVE:
        raise ServiceError("student_not_enrolled", status=record.status)
    says = EnrolmentCertificate.model_validate({**record.model_dump(), "student_name": record.name})
    return Said(says, Holder(record.id, record.teaching_point_id))


ENROLMENT_CERTIFICATES: Final = Making(ENROLMENT_CERTIFICATE, IssueEnrolmentCertificate, certificate_of)
CERTIFICATES_OF_MANY: Final = Batch(
    "enrolment_certificates",
    ENROLMENT_CERTIFICATES,
    IssueEnrolmentCertificates,
    list_students,
    field="student_id",
    label="student_number",
)
