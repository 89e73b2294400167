"""Asking for status changes (REG-6). What follows from their decisions: `services.registry.steps.status_changes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from chassis.base.clock import local_date
from chassis.data.unit_of_work import UnitOfWork
from chassis.requests.asking import ask_one
from chassis.requests.kinds import Own, Rule, Things
from chassis.work.reasons import Reason, refuse
from contracts.errors import FieldError, ServiceError
from contracts.registry.commands import RemoveStudent, ResumeStudent, SuspendStudent, TransferStudent
from contracts.registry.states import StatusChangeKind
from contracts.registry.views import StatusChangeDetails
from services.registry.domain.status_changes import against_change, against_day, against_return, resumes_too_early
from services.registry.queries import STATUS_CHANGES_SHOWN
from services.registry.steps.status_changes import against_transfers, running_suspensions


def suspend_student(command: SuspendStudent, uow: UnitOfWork) -> StatusChangeDetails:
    """Ask for `active` → `suspended`: the study clock stands still from `from_on` on, until the return."""
    refuse(against_day(command.from_on, local_date(uow.now)))
    return _ask(uow, command, StatusChangeKind.SUSPEND)


def resume_student(command: ResumeStudent, uow: UnitOfWork) -> StatusChangeDetails:
    """Ask for `suspended` → `active`: the study clock goes on from `on`."""
    refuse(against_day(command.on, local_date(uow.now)))
    return _ask(uow, command, StatusChangeKind.RESUME, _against_return, lambda _: {"from_on": command.on})


def remove_student(command: RemoveStudent, uow: UnitOfWork) -> StatusChangeDetails:
    """Ask for `active` or `suspended` → `left`, for good."""
    return _ask(uow, command, StatusChangeKind.LEAVE_SCHOOL)


def transfer_student(command: TransferStudent, uow: UnitOfWork) -> StatusChangeDetails:
    """Ask for an active student to belong to another teaching point."""
    return _ask(
        uow,
        command,
        StatusChangeKind.TRANSFER_TEACHING_POINT,
        _against_transfer,
        lambda student: {"from_teaching_point_id": student.teaching_point_id},
    )


def _ask(
    uow: UnitOfWork,
    command: Any,
    kind: StatusChangeKind,
    also: Rule = lambda *_: {},
    own: Own = lambda _: {},
) -> StatusChangeDetails:
    """Ask for a change of this kind, where the student's status allows it and nothing `also` speaks against it."""

    def rule(uow: UnitOfWork, asked: Things, command: Any) -> dict[UUID, Reason | None]:
        of_status = {id_: against_change(kind, student.status) for id_, student in asked.items()}
        possible = {id_: student for id_, student in asked.items() if of_status[id_] is None}
        return {**of_status, **also(uow, possible, command)}

    made = ask_one(
        uow,
        STATUS_CHANGES_SHOWN,
        command,
        rule,
        action=kind,
        own=lambda student: {"kind": kind, **own(student)},
    )
    return cast(StatusChangeDetails, made)


def _against_return(uow: UnitOfWork, asked: Things, command: ResumeStudent) -> Mapping[UUID, Reason | None]:
    running = running_suspensions(uow, asked)
    if any(resumes_too_early(suspension.from_on, command.on) for suspension in running.values()):
        raise ServiceError("validation_failed", [FieldError("on", "window_reversed")])
    return {id_: against_return(student.status, suspended=id_ in running) for id_, student in asked.items()}


def _against_transfer(uow: UnitOfWork, asked: Things, command: TransferStudent) -> Mapping[UUID, Reason | None]:
    return against_transfers(uow, asked, dict.fromkeys(asked, command.to_teaching_point_id))
