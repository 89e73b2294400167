"""A student on the way to another teaching point: while bills are being paid the transfer waits, then no new payment
begins until it is done or revoked."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import lock_where
from chassis.work.steps import take_locked
from contracts.finance.events import TransferCleared
from contracts.finance.states import TransferState
from services.finance.domain.workflows import OPEN_TRANSFERS, TRANSFER
from services.finance.steps import bills
from services.finance.tables.bills import transfers


def in_transfer(uow: UnitOfWork, student_ids: Collection[UUID]) -> set[UUID]:
    """Those of the students whose transfer is open."""
    opened = select(transfers.c.student_id).where(
        ids_in(transfers.c.student_id, student_ids), transfers.c.state.in_(OPEN_TRANSFERS)
    )
    return {row.student_id for row in uow.rows(opened)}


def clear_waiting(uow: UnitOfWork, student_ids: Collection[UUID]) -> None:
    """Payments of these students were decided: let their transfers go on where none is left.

    The rows are locked first and the bills counted afterwards, so that of two payments which end at the same time the
    second sees the first.
    """
    theirs = ids_in(transfers.c.student_id, student_ids)
    waiting = lock_where(uow, transfers, theirs, transfers.c.state == TransferState.WAITING)
    if not waiting:
        return
    paying = bills.students_in_payment(uow, {row.student_id for row in waiting.values()})
    cleared = [row for row in waiting.values() if row.student_id not in paying]
    take_locked(uow, TRANSFER, transfers, cleared, "clear", values={"changed_at": uow.now}).whole()
    for row in cleared:
        uow.publish(TransferCleared(change_id=row.id, student_id=row.student_id))
