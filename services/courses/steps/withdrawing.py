"""Withdrawals as requests: about a paid selection, asked for by people, or by the system for a student who has left."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.requests.kinds import RequestKind
from contracts.courses.events import SentWithdrawal, WithdrawalsSentToFinance
from contracts.finance.states import BillStatus
from services.courses.domain.workflows import OPEN_WITHDRAWALS, PENDING_FINANCE, WITHDRAWAL
from services.courses.tables.copies import bills
from services.courses.tables.selections import selections, withdrawals

IN_PAYMENT = (BillStatus.PAYING, BillStatus.REMITTING)


def in_payment(uow: UnitOfWork, selection_ids: Sequence[UUID]) -> set[UUID]:
    """Selections of which a bill is being paid, as finance last told: refused early, finance decides."""
    found = select(bills.c.selection_id).where(
        ids_in(bills.c.selection_id, selection_ids), bills.c.status.in_(IN_PAYMENT), ~bills.c.deleted
    )
    return {row.selection_id for row in uow.rows(found)}


def _send_to_finance(uow: UnitOfWork, approved: Sequence[Row[Any]]) -> None:
    """Learning closes, exams holds the registration, finance reviews."""
    sat_in = select(selections.c.id, selections.c.exam_round_id)
    selected = [row.selection_id for row in approved]
    exam_rounds = {row.id: row.exam_round_id for row in uow.rows(sat_in.where(ids_in(selections.c.id, selected)))}
    sent = [_sent(uow, row, exam_rounds[row.selection_id]) for row in approved]
    uow.publish_rows(WithdrawalsSentToFinance, sent)


def _sent(uow: UnitOfWork, row: Row[Any], exam_round_id: UUID | None) -> SentWithdrawal:
    return SentWithdrawal(
        withdrawal_id=row.id,
        selection_id=row.selection_id,
        student_id=row.student_id,
        teaching_point_id=row.teaching_point_id,
        course_id=row.course_id,
        exam_round_id=exam_round_id,
        reason=row.reason,
        requested_by=row.entered_by,
        requested_at=row.requested_at,
        academic_reviewer_id=uow.acting_user,  # a review has a person who answers for it
        sent_at=uow.now,
    )


WITHDRAWALS = RequestKind(
    WITHDRAWAL,
    withdrawals,
    "selection_id",
    selections,
    OPEN_WITHDRAWALS,
    open_code="withdrawal_already_open",
    effects={PENDING_FINANCE: _send_to_finance},
    decided_by={"approve": "academic_reviewer_id", "reject": "academic_reviewer_id"},
)
