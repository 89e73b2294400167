"""Refunds are paid out by people, who confirm them or say that they failed. (A gateway will do both by itself.)"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.data.unit_of_work import UnitOfWork
from chassis.work import steps
from chassis.work.reasons import refuse
from contracts.common import RowResults
from contracts.finance.commands import ConfirmRefunds, FailRefund, RetryRefund
from contracts.finance.states import PostingKind
from contracts.finance.views import RefundView
from services.finance.domain.paying import against_day
from services.finance.domain.workflows import REFUND
from services.finance.steps import bills, refunds, withdrawals
from services.finance.tables.bills import bills as bill_table
from services.finance.tables.refunds import refunds as refund_table


def confirm_refunds(command: ConfirmRefunds, uow: UnitOfWork) -> RowResults:
    """The money has gone out: bills are `refunded`, and withdrawals done when it was their last refund."""
    refuse(against_day(command.paid_out_on, uow.today))
    values = {"paid_out_on": command.paid_out_on, "bank_reference": command.bank_reference}
    taken = steps.take(uow, REFUND, refund_table, command.refund_ids, "confirm", values=values)
    paid_out = select(refund_table.c.amount).where(refund_table.c.bill_id == bill_table.c.id).scalar_subquery()
    _follow(uow, taken.rows, "refund_paid", PostingKind.REFUND_PAID, {"refunded_amount": paid_out})
    withdrawals.finish(uow, {refund.withdrawal_id for refund in taken.rows if refund.withdrawal_id is not None})
    return taken.results(uow, command.refund_ids)


def fail_refund(command: FailRefund, uow: UnitOfWork) -> RefundView:
    """The transfer did not work."""
    refund = _step(uow, command, "fail", note=command.note)
    _follow(uow, [refund], "refund_failed", PostingKind.REFUND_FAILED)
    return _view(uow, refund.id)


def retry_refund(command: RetryRefund, uow: UnitOfWork) -> RefundView:
    """Try to pay out again."""
    refund = _step(uow, command, "retry", note=None)
    _follow(uow, [refund], "refund", PostingKind.REFUND_DECIDED)
    return _view(uow, refund.id)


def _follow(
    uow: UnitOfWork,
    stepped: Sequence[Row[Any]],
    action: str,
    kind: PostingKind,
    values: dict[str, Any] | None = None,
) -> None:
    """Let the bills of these refunds follow, and post what happened. Refunds of suspense have no bill."""
    locked = bills.lock(uow, [refund.bill_id for refund in stepped if refund.bill_id is not None])
    bills.take_all(uow, locked, action, values)
    refunds.post_step(uow, kind, stepped, refunds.fees_of(locked))


def _step(uow: UnitOfWork, command: FailRefund | RetryRefund, action: str, *, note: str | None) -> Row[Any]:
    id_, version = command.refund_id, command.version
    return steps.take_one(uow, REFUND, refund_table, id_, version, action, note=note, values={"note": note})


def _view(uow: UnitOfWork, refund_id: UUID) -> RefundView:
    row = uow.one(select(refund_table).where(refund_table.c.id == refund_id))
    return RefundView(**row._mapping)
