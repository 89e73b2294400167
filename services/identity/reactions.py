"""What other services' events make identity do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from chassis.bulk import insert_rows
from chassis.ids import new_id
from chassis.unit_of_work import UnitOfWork
from contracts.identity.states import UserStatus
from contracts.permissions import Role
from contracts.registry.events import StudentItem, StudentState
from contracts.types import EnrolmentStatus
from services.identity.revoking import revoke_users
from services.identity.tables import user_roles, users

NO_ACCOUNT: Final = frozenset(
    {
        EnrolmentStatus.LEFT,
        EnrolmentStatus.GRADUATED,
        EnrolmentStatus.COMPLETED_WITHOUT_DIPLOMA,
        EnrolmentStatus.EXPIRED,
        EnrolmentStatus.ADMISSION_FORFEITED,
        EnrolmentStatus.ADMISSION_CANCELLED,
    }
)
"""Who is no student any more (docs/sagas.md, 3.9)."""


def on_student_state(events: Sequence[StudentState], uow: UnitOfWork) -> None:
    """Every student has an account: the student number is its name, the record says whose and where it is.

    Bulk and in any order: of two states of a student the newer counts. Access that the change takes away ends at once.
    """
    newest: dict[object, StudentItem] = {}
    for item in (item for event in events for item in event.items):
        if item.id not in newest or newest[item.id].version < item.version:
            newest[item.id] = item
    rows = [
        {
            "id": new_id(),
            "username": item.student_number.lower(),
            "name": item.name,
            "student_id": item.id,
            "teaching_point_id": item.teaching_point_id,
            "record_version": item.version,
            "status": UserStatus.DISABLED if item.deleted or item.status in NO_ACCOUNT else UserStatus.ENABLED,
        }
        for item in sorted(newest.values(), key=lambda item: item.id)
    ]
    kept = uow.rows(
        select(users.c.student_id, users.c.teaching_point_id, users.c.status, users.c.record_version)
        .where(users.c.student_id.in_(newest))
        .order_by(users.c.student_id)
        .with_for_update()
    )
    account = insert_rows(users, rows)
    columns = ("name", "teaching_point_id", "record_version", "status")
    made = uow.rows(
        account.on_conflict_do_update(
            constraint="uq_users_student_id",
            set_={name: account.excluded[name] for name in columns},
            where=account.excluded.record_version > func.coalesce(users.c.record_version, 0),
        ).returning(users.c.id, users.c.student_id, users.c.teaching_point_id, users.c.status)
    )
    before = {row.student_id: row for row in kept}
    moved = [
        row.id
        for row in made
        if row.student_id in before
        and (before[row.student_id].teaching_point_id, before[row.student_id].status)
        != (row.teaching_point_id, row.status)
    ]
    _give_student_role([row.id for row in made], uow)
    if moved:
        revoke_users(uow, users.c.id.in_(moved), end_sessions=False)


def _give_student_role(user_ids: Sequence[object], uow: UnitOfWork) -> None:
    """One statement for all: the role, and the point that the account belongs to now."""
    role = insert(user_roles).from_select(
        ["user_id", "role", "teaching_point_id"],
        select(users.c.id, text(f"'{Role.STUDENT}'"), users.c.teaching_point_id).where(users.c.id.in_(user_ids)),
    )
    now_at = {"teaching_point_id": role.excluded.teaching_point_id}
    uow.execute(role.on_conflict_do_update(index_elements=["user_id", "role"], set_=now_at))
