"""Finance's side of a withdrawal."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis.base.failures import NotYet
from chassis.data.unit_of_work import UnitOfWork
from contracts.finance.events import WithdrawalsApproved, WithdrawalsRefunded, WithdrawalsRejected
from services.courses.domain.workflows import SELECTION, WITHDRAWAL
from services.courses.steps.moves import Taken, set_each, take
from services.courses.tables.selections import selections, withdrawals


def on_withdrawals_approved(events: Sequence[WithdrawalsApproved], uow: UnitOfWork) -> None:
    """`pending_finance` → `finance_approved`, and the course is withdrawn."""
    amounts = {row.withdrawal_id: {"amount": row.amount} for event in events for row in event.withdrawals}
    _end(uow, "finance_approve", amounts)


def on_withdrawals_refunded(events: Sequence[WithdrawalsRefunded], uow: UnitOfWork) -> None:
    """→ `refunded`. It may overtake the approval that it includes."""
    amounts = {row.withdrawal_id: {"amount": row.amount} for event in events for row in event.withdrawals}
    _end(uow, "refund", amounts)


def on_withdrawals_rejected(events: Sequence[WithdrawalsRejected], uow: UnitOfWork) -> None:
    """`pending_finance` → `finance_rejected`: learning opens again."""
    rejected = {row.withdrawal_id: row for event in events for row in event.withdrawals}
    for note in {row.note for row in rejected.values()}:
        ids = [id_ for id_, row in rejected.items() if row.note == note]
        taken = _take(uow, "finance_reject", ids, note)
        codes = {id_: rejected[id_].code for id_ in taken.ids}
        refusals = {id_: {"refusal": {"code": code, "params": {}} if code else None} for id_, code in codes.items()}
        set_each(uow, withdrawals, refusals)


def _end(uow: UnitOfWork, action: str, amounts: Mapping[UUID, Mapping[str, Any]]) -> None:
    taken = _take(uow, action, list(amounts))
    set_each(uow, withdrawals, {id_: amounts[id_] for id_ in taken.ids})
    # Those that are withdrawn already have heard of the other of the two events.
    take(uow, SELECTION, selections, [moved.row.selection_id for moved in taken.moved], "withdraw")


def _take(uow: UnitOfWork, action: str, ids: Sequence[UUID], note: str | None = None) -> Taken:
    taken = take(uow, WITHDRAWAL, withdrawals, ids, action, note=note)
    if any(error.code == "not_found" for _, error in taken.refused.values()):
        raise NotYet("withdrawal_unknown")
    return taken
