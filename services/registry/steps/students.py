"""Entering status changes. The student's row is always locked before those of changes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.steps import enter_one
from contracts.registry.states import StatusChangeKind, StatusChangeState
from services.registry.domain.workflows import STATUS_CHANGE
from services.registry.tables import status_changes


def enter_change(
    uow: UnitOfWork, student: Row[Any], kind: StatusChangeKind, state: StatusChangeState, reason: str, **fields: Any
) -> UUID:
    """Write a status change into the register, with history and audit; its id."""
    change = {
        "student_id": student.id,
        "teaching_point_id": student.teaching_point_id,
        "kind": kind,
        "state": state,
        "reason": reason,
        "requested_by": uow.context.actor.user_id,
        "requested_at": uow.now,
        **fields,
    }
    change_id: UUID = enter_one(uow, STATUS_CHANGE, status_changes, change, kind, note=reason).id
    return change_id
