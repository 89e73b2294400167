"""Locking students and entering status changes. The student's row is always locked before those of changes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select

from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.work import workflow
from contracts.errors import ServiceError
from contracts.registry.states import StatusChangeKind, StatusChangeState
from services.registry.domain.workflows import STATUS_CHANGE
from services.registry.tables import status_changes, students


def lock_student(uow: UnitOfWork, student_id: UUID, version: int) -> Row[Any]:
    """The student as the caller saw it, locked. Raises `not_found` or `stale_version`."""
    student = uow.one(select(students).where(students.c.id == student_id).with_for_update())
    if student.version != version:
        raise ServiceError("stale_version")
    return student


def enter_change(
    uow: UnitOfWork, student: Row[Any], kind: StatusChangeKind, state: StatusChangeState, reason: str, **fields: Any
) -> UUID:
    """Write a status change into the register, with history and audit; its id."""
    change: dict[str, Any] = {
        "id": new_id(),
        "student_id": student.id,
        "teaching_point_id": student.teaching_point_id,
        "kind": kind,
        "state": state,
        "reason": reason,
        "requested_by": uow.context.actor.user_id,
        "requested_at": uow.now,
        **fields,
    }
    uow.execute(insert(status_changes).values(change))
    workflow.record(uow, STATUS_CHANGE, [(change, None, state)], kind, reason)
    uow.audit(status_changes, change["id"], kind, after={"state": state, "student_id": student.id, **fields})
    change_id: UUID = change["id"]
    return change_id
