"""Transfers to another teaching point: wanted, then cleared by finance, or revoked before that (REG-6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import refuse
from chassis.work.rows import change, locked
from chassis.work.steps import take_one
from contracts.errors import ServiceError
from contracts.identity.states import TeachingPointStatus
from contracts.registry.commands import RevokeTransfer, TransferStudent
from contracts.registry.events import TransferRequested, TransferRevoked
from contracts.registry.states import StatusChangeKind, StatusChangeState
from contracts.registry.views import StatusChangeDetails
from services.registry.domain.status_changes import against_change
from services.registry.domain.workflows import STATUS_CHANGE
from services.registry.queries import status_change_details
from services.registry.steps.students import enter_change
from services.registry.tables import programmes, status_changes, students, teaching_points


def transfer_student(command: TransferStudent, uow: UnitOfWork) -> StatusChangeDetails:
    """Ask finance whether the student may go; until its answer no other change is possible."""
    student = locked(uow, students, command.student_id, command.version)
    kind = StatusChangeKind.TRANSFER_TEACHING_POINT
    refuse(against_change(kind, student.status, change_open=student.status_change_open))
    _check_destination(uow, student, command.to_teaching_point_id)
    change(uow, students, student, "edit", {"status_change_open": True})
    points = {
        "from_teaching_point_id": student.teaching_point_id,
        "to_teaching_point_id": command.to_teaching_point_id,
    }
    change_id = enter_change(
        uow,
        student,
        kind,
        StatusChangeState.PENDING_CLEARANCE,
        command.reason,
        **points,
    )
    uow.publish(TransferRequested(change_id=change_id, student_id=student.id, **points))
    return status_change_details(uow, change_id)


def revoke_transfer(command: RevokeTransfer, uow: UnitOfWork) -> StatusChangeDetails:
    """Take a transfer back while it waits for finance."""
    id_ = command.status_change_id
    student_id = uow.one(select(status_changes.c.student_id).where(status_changes.c.id == id_)).student_id
    student = locked(uow, students, student_id)
    take_one(uow, STATUS_CHANGE, status_changes, id_, command.version, "revoke")
    change(uow, students, student, "edit", {"status_change_open": False})
    uow.publish(TransferRevoked(change_id=id_, student_id=student.id))
    return status_change_details(uow, id_)


def _check_destination(uow: UnitOfWork, student: Row[Any], point_id: UUID) -> None:
    """The receiving point is another one, enabled, and offers the student's programme.

    Raises `not_found`, `already_at_teaching_point`, `teaching_point_not_enabled` or `programme_not_offered`.
    """
    point = uow.one(select(teaching_points).where(teaching_points.c.id == point_id, ~teaching_points.c.deleted))
    if point.id == student.teaching_point_id:
        raise ServiceError("already_at_teaching_point")
    if point.status != TeachingPointStatus.ENABLED:
        raise ServiceError("teaching_point_not_enabled")
    programme = uow.first(select(programmes).where(programmes.c.id == student.programme_id))
    if programme is None or str(point_id) not in programme.teaching_point_ids:
        code = programme.code if programme is not None else "—"
        raise ServiceError("programme_not_offered", programme_code=code)
