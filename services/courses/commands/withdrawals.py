"""Ending a selection: cancelled while unpaid, withdrawn once paid (CRS-7, CRS-8)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import Reason, refusals
from chassis.work.rows import lock
from chassis.work.steps import take
from contracts.common import ClosingReason, RowResults
from contracts.courses.commands import (
    ApproveWithdrawals,
    CancelSelections,
    RejectWithdrawals,
    RequestWithdrawals,
    RevokeWithdrawals,
)
from contracts.courses.events import SentWithdrawal, WithdrawalsSentToFinance
from contracts.courses.states import WithdrawalState
from contracts.courses.views import WithdrawalResult, WithdrawalResults
from contracts.errors import ServiceError
from services.courses.domain.withdrawal import PaidCourse, against_request
from services.courses.domain.workflows import OPEN_WITHDRAWALS, WITHDRAWAL
from services.courses.steps.closing import UNPAID_SELECTIONS
from services.courses.steps.withdrawing import in_payment, open_withdrawals
from services.courses.tables.selections import selection_rounds, selections, withdrawals


def cancel_selections(command: CancelSelections, uow: UnitOfWork) -> RowResults:
    """Ask for unpaid selections to end: `pending_payment` → `closing`."""
    paying = in_payment(uow, command.selection_ids)
    against = {id_: ServiceError("payment_in_review") for id_ in paying}
    taken = UNPAID_SELECTIONS.ask(uow, command.selection_ids, "cancel", ClosingReason.CANCELLED, against=against)
    return taken.results(uow, command.selection_ids)


def request_withdrawals(command: RequestWithdrawals, uow: UnitOfWork) -> WithdrawalResults:
    """Open a withdrawal for each selection that is paid and inside its round's window."""
    ids = command.selection_ids
    rows = lock(uow, selections, ids)
    courses = _paid_courses(uow, ids)
    against = {id_: against_request(courses[id_], uow.now) if id_ in rows else Reason("not_found") for id_ in ids}
    made = open_withdrawals(uow, [rows[id_] for id_ in ids if against[id_] is None], command.reason)
    return WithdrawalResults(
        results=tuple(
            WithdrawalResult(
                selection_id=id_,
                withdrawal_id=made.get(id_),
                state=WithdrawalState.PENDING_ACADEMIC if id_ in made else None,
                refusals=refusals([reason] if (reason := against[id_]) else [], uow.context.language),
            )
            for id_ in ids
        )
    )


def _paid_courses(uow: UnitOfWork, ids: tuple[UUID, ...]) -> dict[UUID, PaidCourse]:
    is_open = exists().where(withdrawals.c.selection_id == selections.c.id, withdrawals.c.state.in_(OPEN_WITHDRAWALS))
    statement = (
        select(
            selections.c.id,
            selections.c.state,
            is_open.label("withdrawal_open"),
            selection_rounds.c.code,
            selection_rounds.c.opens_at,
            selection_rounds.c.withdrawal_closes_at,
        )
        .join(selection_rounds, selection_rounds.c.id == selections.c.selection_round_id)
        .where(ids_in(selections.c.id, ids))
    )
    paying = in_payment(uow, ids)
    return {
        row.id: PaidCourse(
            state=row.state,
            payment_in_review=row.id in paying,
            withdrawal_open=row.withdrawal_open,
            round_code=row.code,
            opens_at=row.opens_at,
            closes_at=row.withdrawal_closes_at,
        )
        for row in uow.rows(statement)
    }


def approve_withdrawals(command: ApproveWithdrawals, uow: UnitOfWork) -> RowResults:
    """`pending_academic` → `pending_finance`: learning closes, exams holds the registration, finance reviews."""
    ids = command.withdrawal_ids
    reviewer = uow.acting_user  # a review has a person who answers for it
    reviewed = {"academic_reviewer_id": reviewer}
    taken = take(uow, WITHDRAWAL, withdrawals, ids, "approve", note=command.note, values=reviewed)
    selected = [row.selection_id for row in taken.rows]
    sat_in = select(selections.c.id, selections.c.exam_round_id).where(ids_in(selections.c.id, selected))
    exam_rounds = {row.id: row.exam_round_id for row in uow.rows(sat_in)}
    sent = [_sent(uow, row, exam_rounds[row.selection_id], reviewer) for row in taken.rows]
    uow.publish_rows(WithdrawalsSentToFinance, sent)
    return taken.results(uow, ids)


def _sent(uow: UnitOfWork, row: Row[Any], exam_round_id: UUID | None, reviewer: UUID) -> SentWithdrawal:
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
        academic_reviewer_id=reviewer,
        sent_at=uow.now,
    )


def reject_withdrawals(command: RejectWithdrawals, uow: UnitOfWork) -> RowResults:
    """`pending_academic` → `academic_rejected`."""
    ids = command.withdrawal_ids
    reviewed = {"academic_reviewer_id": uow.acting_user}
    taken = take(uow, WITHDRAWAL, withdrawals, ids, "reject", note=command.note, values=reviewed)
    return taken.results(uow, ids)


def revoke_withdrawals(command: RevokeWithdrawals, uow: UnitOfWork) -> RowResults:
    """`pending_academic` → `revoked`."""
    ids = command.withdrawal_ids
    return take(uow, WITHDRAWAL, withdrawals, ids, "revoke").results(uow, ids)
