"""Finance's side of a withdrawal."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis.base.failures import NotYet
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import Reason
from contracts.finance.events import WithdrawalsApproved, WithdrawalsRefunded, WithdrawalsRejected
from services.courses.steps.withdrawing import WITHDRAWALS


def on_withdrawals_approved(events: Sequence[WithdrawalsApproved], uow: UnitOfWork) -> None:
    """`pending_finance` → `finance_approved`, and the course is withdrawn."""
    amounts = {row.withdrawal_id: {"amount": row.amount} for event in events for row in event.withdrawals}
    _decide(uow, "finance_approve", amounts)


def on_withdrawals_refunded(events: Sequence[WithdrawalsRefunded], uow: UnitOfWork) -> None:
    """→ `refunded`. It may overtake the approval that it includes."""
    amounts = {row.withdrawal_id: {"amount": row.amount} for event in events for row in event.withdrawals}
    _decide(uow, "refund", amounts)


def on_withdrawals_rejected(events: Sequence[WithdrawalsRejected], uow: UnitOfWork) -> None:
    """`pending_finance` → `finance_rejected`: learning opens again."""
    rejected = {row.withdrawal_id: row for event in events for row in event.withdrawals}
    codes = {id_: {"refusal": Reason(row.code).for_row if row.code else None} for id_, row in rejected.items()}
    for note in {row.note for row in rejected.values()}:
        _decide(uow, "finance_reject", {id_: codes[id_] for id_, row in rejected.items() if row.note == note}, note)


def _decide(uow: UnitOfWork, action: str, each: Mapping[UUID, Mapping[str, Any]], note: str | None = None) -> None:
    if WITHDRAWALS.decide(uow, list(each), action, note, each=each).unknown:
        raise NotYet("withdrawal_unknown")
