"""The registry."""

from __future__ import annotations

from typing import ClassVar

from chassis.declaring.service import Service, command, copy, feeder, publishes, query, reaction
from chassis.documents.answering import issued_documents
from chassis.documents.batches import made_together
from chassis.documents.making import made
from chassis.requests.reviewed import reviewed
from chassis.rules.programme_copies import programme_row
from chassis.running.exports import exported
from chassis.running.imports import imported
from chassis.work.audit_heads import keeping_heads
from contracts.courses.events import ProgrammeState
from contracts.identity.events import IdentityTrailSealed, SchoolSettingState, TeachingPointState
from contracts.registry.events import RegistryDecided, RegistryTrailSealed, StudentDocumentState, StudentState
from services.registry import queries, tables, tasks
from services.registry.commands import records, status
from services.registry.documents.enrolment_certificate import CERTIFICATES_OF_MANY, ENROLMENT_CERTIFICATES
from services.registry.reactions import admissions, answers


class Registry(Service):
    """Student records and their status changes."""

    name = "registry"
    metadata = tables.metadata
    conflicts: ClassVar[dict[str, str]] = {
        "uq_students_id_number": "id_number_taken",
    }
    decided = RegistryDecided
    trail_sealed = RegistryTrailSealed

    student_imports = imported(tasks.STUDENTS_IN)
    change_contact = command(records.change_contact)
    record_degree_intent = command(records.record_degree_intent)
    suspend_student = command(status.suspend_student)
    resume_student = command(status.resume_student)
    transfer_student = command(status.transfer_student)
    remove_student = command(status.remove_student)
    status_change_requests = reviewed(queries.STATUS_CHANGES_SHOWN)

    documents = issued_documents()
    enrolment_certificates = made(ENROLMENT_CERTIFICATES)
    certificates_of_many = made_together(CERTIFICATES_OF_MANY)

    student_exports = exported(tasks.STUDENTS_AS_FILE)
    list_students = query(queries.list_students)
    get_student = query(queries.get_student)
    list_record_statements = query(queries.list_record_statements)
    list_cancellation_statements = query(queries.list_cancellation_statements)
    get_student_statistics = query(queries.get_student_statistics)

    on_transfer_held = reaction(answers.on_transfer_held)
    on_transfer_cleared = reaction(answers.on_transfer_cleared)
    on_student_accounts_refused = reaction(answers.on_student_accounts_refused)
    on_student_accounts_made = reaction(answers.on_student_accounts_made)
    on_identity_trail_sealed = reaction(keeping_heads(IdentityTrailSealed))

    teaching_points = copy(TeachingPointState, tables.teaching_points)
    shared_settings = copy(SchoolSettingState, tables.shared_settings, needed=False)
    programmes = copy(ProgrammeState, tables.programmes, programme_row)

    on_students_admitted = reaction(admissions.on_students_admitted)
    on_admissions_cancelled = reaction(admissions.on_admissions_cancelled)

    student_document_state = publishes(StudentDocumentState, queries.student_document_items, tables.students)
    student_state = publishes(
        StudentState,
        queries.student_items,
        tables.students,
        fed_by=(feeder(tables.suspensions.c.student_id, "from_on", "until_on"),),
    )


SERVICE = Registry
