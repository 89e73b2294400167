"""What is changed in a record at once, without review (REG-3)."""

from __future__ import annotations

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import change, edit, locked
from contracts.errors import ServiceError
from contracts.registry.commands import ChangeContact, RecordDegreeIntent
from contracts.registry.views import StudentRecord
from services.registry.domain.status_changes import leads_to_degree
from services.registry.queries import student_record
from services.registry.tables import students


def change_contact(command: ChangeContact, uow: UnitOfWork) -> StudentRecord:
    """Set all contact details; what is left out is emptied."""
    edit(uow, students, command.student_id, command.version, command.contact.model_dump())
    return student_record(uow, command.student_id)


def record_degree_intent(command: RecordDegreeIntent, uow: UnitOfWork) -> StudentRecord:
    """Record whether the student wants the degree."""
    student = locked(uow, students, command.student_id, command.version)
    if not leads_to_degree(student.level):
        raise ServiceError("degree_not_possible")
    change(uow, students, student, "edit", {"degree_intent": command.wanted})
    return student_record(uow, student.id)
