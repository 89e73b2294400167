"""Status changes that take effect at once: suspension, return, leaving (REG-6, decided by the school)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select

from chassis.base.clock import local_date
from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import refuse
from chassis.work.rows import change, edit, locked
from contracts.errors import FieldError, ServiceError
from contracts.registry.commands import RemoveStudent, ResumeStudent, SuspendStudent
from contracts.registry.events import StudentLeft, StudentResumed, StudentSuspended
from contracts.registry.states import StatusChangeKind, StatusChangeState
from contracts.registry.views import StatusChangeDetails
from services.registry.domain.status_changes import (
    against_change,
    against_day,
    last_day_of_suspension,
    resumes_too_early,
    status_after,
)
from services.registry.queries import status_change_details
from services.registry.steps.students import enter_change
from services.registry.tables import students, suspensions


def suspend_student(command: SuspendStudent, uow: UnitOfWork) -> StatusChangeDetails:
    """`active` → `suspended`: the study clock stands still from `from_on` on, until the return."""
    refuse(against_day(command.from_on, local_date(uow.now)))
    student = locked(uow, students, command.student_id, command.version)
    changed = _set_status(uow, student, StatusChangeKind.SUSPEND)
    uow.execute(insert(suspensions).values(id=new_id(), student_id=student.id, from_on=command.from_on))
    days = {"from_on": command.from_on, "until_on": command.until_on}
    change_id = enter_change(uow, student, StatusChangeKind.SUSPEND, StatusChangeState.APPROVED, command.reason, **days)
    uow.publish(
        StudentSuspended(
            change_id=change_id, student_id=student.id, student_version=changed.version, suspended_at=uow.now
        )
    )
    return status_change_details(uow, change_id)


def resume_student(command: ResumeStudent, uow: UnitOfWork) -> StatusChangeDetails:
    """`suspended` → `active`: the study clock goes on from `on`."""
    refuse(against_day(command.on, local_date(uow.now)))
    student = locked(uow, students, command.student_id, command.version)
    changed = _set_status(uow, student, StatusChangeKind.RESUME)
    running = uow.first(
        select(suspensions).where(suspensions.c.student_id == student.id, suspensions.c.until_on.is_(None))
    )
    if running is None:
        raise ServiceError("status_change_not_possible", status=student.status)
    if resumes_too_early(running.from_on, command.on):
        raise ServiceError("validation_failed", [FieldError("on", "window_reversed")])
    until_on = last_day_of_suspension(command.on)
    edit(uow, suspensions, running.id, running.version, {"until_on": until_on})
    change_id = enter_change(
        uow, student, StatusChangeKind.RESUME, StatusChangeState.APPROVED, command.reason, from_on=command.on
    )
    uow.publish(
        StudentResumed(change_id=change_id, student_id=student.id, student_version=changed.version, resumed_at=uow.now)
    )
    return status_change_details(uow, change_id)


def remove_student(command: RemoveStudent, uow: UnitOfWork) -> StatusChangeDetails:
    """`active` or `suspended` → `left`, for good."""
    student = locked(uow, students, command.student_id, command.version)
    changed = _set_status(uow, student, StatusChangeKind.LEAVE_SCHOOL)
    change_id = enter_change(
        uow,
        student,
        StatusChangeKind.LEAVE_SCHOOL,
        StatusChangeState.APPROVED,
        command.reason,
        voluntary=command.voluntary,
    )
    uow.publish(
        StudentLeft(
            change_id=change_id,
            student_id=student.id,
            student_version=changed.version,
            voluntary=command.voluntary,
            left_at=uow.now,
        )
    )
    return status_change_details(uow, change_id)


def _set_status(uow: UnitOfWork, student: Row[Any], kind: StatusChangeKind) -> Row[Any]:
    """Set the status that the change leads to; the student as it then is, with the version that facts name."""
    refuse(against_change(kind, student.status, change_open=student.status_change_open))
    after = status_after(kind, student.status)
    return change(uow, students, student, "edit", {"status": after})
