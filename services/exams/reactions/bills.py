"""What finance says about the bills of unpaid resits. The bill decides between paying and cancelling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chassis.data.unit_of_work import UnitOfWork
from contracts.courses.states import ClosingReason
from contracts.exams.states import RegistrationEnd, RegistrationState
from contracts.finance.events import BillCancellationRefused, BillingRefused, BillsCancelled, RefusedCancellation
from contracts.finance.source import SourceKind
from services.exams.domain.registrations import CLOSED_BY, UNPAID
from services.exams.steps.registrations import end, lock_where, resits, step


def on_billing_refused(events: Sequence[BillingRefused], uow: UnitOfWork) -> None:
    """No bill can be made: the resit is cancelled."""
    refused = {r.source.id for e in events for r in e.refused if r.source.kind == SourceKind.REGISTRATION}
    rows = lock_where(uow, resits(refused, UNPAID))
    end(uow, rows, "close_cancelled", RegistrationEnd.BILLING_REFUSED)


def on_bills_cancelled(events: Sequence[BillsCancelled], uow: UnitOfWork) -> None:
    """The bill is cancelled for good: the resit ends for the reason that was given when asking."""
    answers = [row for event in events for row in event.cancelled if row.source.kind == SourceKind.REGISTRATION]
    cancelled = {row.source.id: row.reason for row in answers}
    by_end: dict[tuple[str, RegistrationEnd], list[Row[Any]]] = {}
    for row in lock_where(uow, resits(cancelled, UNPAID)):
        by_end.setdefault(CLOSED_BY[cancelled[row.id]], []).append(row)
    for (action, ended_by), rows in by_end.items():
        end(uow, rows, action, ended_by)


def on_bill_cancellation_refused(events: Sequence[BillCancellationRefused], uow: UnitOfWork) -> None:
    """The bill stands. Where it is paid, `BillsPaid` tells the rest; else the resit waits for payment again.

    A wish of point or student to cancel is then over; the system's own reasons are asked again at `ask_again_at`.
    """
    refused: dict[UUID, RefusedCancellation] = {
        row.source.id: row
        for event in events
        for row in event.refused
        if row.source.kind == SourceKind.REGISTRATION and row.ask_again_at
    }
    rows = [
        row
        for row in lock_where(uow, resits(refused, (RegistrationState.CLOSING,)))
        if row.closing_attempt == refused[row.id].attempt
    ]
    again = {row.id: refused[row.id].ask_again_at for row in rows if row.closing_reason != ClosingReason.CANCELLED}
    each = {
        row.id: {"closing_reason": row.closing_reason if row.id in again else None, "ask_again_at": again.get(row.id)}
        for row in rows
    }
    step(uow, rows, "stand", each=each)
