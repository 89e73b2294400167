"""Withdrawals as requests: about a paid selection, asked for by people, or by the system for a student who has left."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, Row, Select, or_, select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.requests.kinds import RequestKind
from chassis.requests.telling import telling
from chassis.work.rows import lock_where
from chassis.work.steps import take
from contracts.courses.events import WithdrawalsSentToFinance
from contracts.finance.states import BillStatus
from contracts.types import EnrolmentStatus
from services.courses.domain.workflows import (
    FINANCE_APPROVED,
    PENDING_FINANCE,
    REFUNDED,
    SELECTED,
    SELECTION,
    WITHDRAWAL,
)
from services.courses.tables.copies import bills
from services.courses.tables.selections import selections, withdrawals

IN_PAYMENT = (BillStatus.PAYING, BillStatus.REMITTING)
GONE: Final = {
    EnrolmentStatus.LEFT: "学生已退学，缴费到账后由系统发起退课。",
    EnrolmentStatus.ADMISSION_CANCELLED: "学生已取消入学资格，由系统发起退课。",
}
"""Who is no student any more by a decision → why what is paid is put up for withdrawal."""


def in_payment(uow: UnitOfWork, selection_ids: Sequence[UUID]) -> set[UUID]:
    """Selections of which a bill is being paid, as finance last told: refused early, finance decides."""
    found = select(bills.c.selection_id).where(
        ids_in(bills.c.selection_id, selection_ids), bills.c.status.in_(IN_PAYMENT), ~bills.c.deleted
    )
    return {row.selection_id for row in uow.rows(found)}


def _sent(uow: UnitOfWork, approved: Sequence[Row[Any]]) -> Iterator[dict[str, Any]]:
    sat_in = select(selections.c.id, selections.c.exam_round_id)
    selected = [row.selection_id for row in approved]
    exam_rounds = {row.id: row.exam_round_id for row in uow.rows(sat_in.where(ids_in(selections.c.id, selected)))}
    for row in approved:
        yield {
            "withdrawal_id": row.id,
            "exam_round_id": exam_rounds[row.selection_id],
            "requested_by": row.entered_by,
            "academic_reviewer_id": uow.acting_user,  # a review has a person who answers for it
            "sent_at": uow.now,
        }


def _withdraw(uow: UnitOfWork, ended: Sequence[Row[Any]]) -> None:
    """The courses are withdrawn; those that are already have heard of the other of finance's two events."""
    take(uow, SELECTION, selections, [row.selection_id for row in ended], "withdraw")


WITHDRAWALS = RequestKind(
    WITHDRAWAL,
    withdrawals,
    "selection_id",
    open_code="withdrawal_already_open",
    effects={
        # Learning closes, exams holds the registration, finance reviews.
        PENDING_FINANCE: telling(WithdrawalsSentToFinance, _sent),
        FINANCE_APPROVED: _withdraw,
        REFUNDED: _withdraw,
    },
)


def _asked(of_them: ColumnElement[bool]) -> Select[Any]:
    w = withdrawals.c
    return select(w.selection_id).where(of_them, or_(w.state.in_(WITHDRAWAL.open), w.entered_by.is_(None)))


def is_put_up(selection_id: ColumnElement[UUID]) -> Exists:
    """Whether a selection's withdrawal is asked for, or was put up once: what people decide about that stands."""
    return _asked(withdrawals.c.selection_id == selection_id).exists()


def put_up(uow: UnitOfWork, student_ids: Collection[UUID]) -> None:
    """Put up for withdrawal, in the name of the system, what these students have paid, where nobody has asked for it.
    Once a selection: what people have decided about that stands."""
    paid = lock_where(uow, selections, ids_in(selections.c.student_id, student_ids), selections.c.state == SELECTED)
    # Read when the selections are held: who asks for one holds them too.
    settled = {row.selection_id for row in uow.rows(_asked(ids_in(withdrawals.c.selection_id, paid)))}
    left = [row for id_, row in paid.items() if id_ not in settled]
    WITHDRAWALS.open(uow, left, GONE[EnrolmentStatus.ADMISSION_CANCELLED])
