"""Ending a selection: cancelled while unpaid, withdrawn once paid (CRS-7, CRS-8)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.requests.asking import request_results
from chassis.requests.kinds import Things
from chassis.work.reasons import Reason
from contracts.common import ClosingReason, RowResults
from contracts.courses.commands import CancelSelections, RequestWithdrawals
from contracts.courses.views import WithdrawalResult, WithdrawalResults
from services.courses.domain.withdrawal import PaidCourse, against_request
from services.courses.steps.closing import UNPAID_SELECTIONS
from services.courses.steps.withdrawing import WITHDRAWALS, in_payment
from services.courses.tables.selections import selection_rounds, selections


def cancel_selections(command: CancelSelections, uow: UnitOfWork) -> RowResults:
    """Ask for unpaid selections to end: `pending_payment` → `closing`."""
    paying = in_payment(uow, command.selection_ids)
    against = {id_: Reason("payment_in_review") for id_ in paying}
    taken = UNPAID_SELECTIONS.ask(uow, command.selection_ids, "cancel", ClosingReason.CANCELLED, against=against)
    return taken.results(uow, command.selection_ids)


def request_withdrawals(command: RequestWithdrawals, uow: UnitOfWork) -> WithdrawalResults:
    """Open a withdrawal for each selection that is paid and inside its round's window."""
    ids = command.selection_ids
    came = request_results(uow, WITHDRAWALS, ids, WITHDRAWALS.enter(uow, ids, command, _against))
    results = tuple(
        WithdrawalResult.model_validate(
            {
                "selection_id": each.subject_id,
                "withdrawal_id": each.request_id,
                "state": each.state,
                "refusals": each.refusals,
            }
        )
        for each in came.items
    )
    return WithdrawalResults(results=results, done=came.done, reasons=came.reasons)


def _against(uow: UnitOfWork, asked: Things, command: RequestWithdrawals) -> dict[UUID, Reason | None]:
    return {id_: against_request(course, uow.now) for id_, course in _paid_courses(uow, list(asked)).items()}


def _paid_courses(uow: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, PaidCourse]:
    statement = (
        select(
            selections.c.id,
            selections.c.state,
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
            round_code=row.code,
            opens_at=row.opens_at,
            closes_at=row.withdrawal_closes_at,
        )
        for row in uow.rows(statement)
    }
