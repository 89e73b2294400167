"""Withdrawals as rows: opened by a request, or by the system for a student who has left."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.steps import enter
from contracts.finance.states import BillStatus
from services.courses.domain.workflows import WITHDRAWAL
from services.courses.tables.copies import bills
from services.courses.tables.selections import withdrawals

IN_PAYMENT = (BillStatus.PAYING, BillStatus.REMITTING)


def in_payment(uow: UnitOfWork, selection_ids: Sequence[UUID]) -> set[UUID]:
    """Selections of which a bill is being paid, as finance last told: refused early, finance decides."""
    found = select(bills.c.selection_id).where(
        ids_in(bills.c.selection_id, selection_ids), bills.c.status.in_(IN_PAYMENT), ~bills.c.deleted
    )
    return {row.selection_id for row in uow.rows(found)}


def open_withdrawals(uow: UnitOfWork, selected: Sequence[Row[Any]], reason: str) -> dict[UUID, UUID]:
    """Open a withdrawal for each of these locked selections: selection id → withdrawal id."""
    entered = [
        {
            "id": new_id(),
            "selection_id": row.id,
            "student_id": row.student_id,
            "teaching_point_id": row.teaching_point_id,
            "course_id": row.course_id,
            "reason": reason,
            "entered_by": uow.context.actor.user_id,
            "requested_at": uow.now,
        }
        for row in selected
    ]
    made = enter(uow, WITHDRAWAL, withdrawals, entered, "request", note=reason, audited=("selection_id",))
    return {row.selection_id: row.id for row in made}
