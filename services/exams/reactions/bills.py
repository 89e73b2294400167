"""What finance says about the bills of unpaid resits. The bill decides between paying and cancelling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import locked
from contracts.exams.states import RegistrationEnd
from contracts.finance.events import BillCancellationRefused, BillingRefused, BillsCancelled
from contracts.finance.source import SourceKind
from services.exams.domain.registrations import CLOSED_BY, UNPAID
from services.exams.steps.closing import UNPAID_RESITS
from services.exams.steps.registrations import end, lock_where, resits
from services.exams.tables import students


def on_billing_refused(events: Sequence[BillingRefused], uow: UnitOfWork) -> None:
    """No bill can be made: the resit is cancelled."""
    refused = {r.source.id for e in events for r in e.refused if r.source.kind == SourceKind.REGISTRATION}
    rows = lock_where(uow, resits(refused, UNPAID))
    end(uow, rows, "close_cancelled", RegistrationEnd.BILLING_REFUSED)


def on_bills_cancelled(events: Sequence[BillsCancelled], uow: UnitOfWork) -> None:
    """The bill is cancelled for good: the resit ends, for the reason that it is closing for."""
    answers = [row for event in events for row in event.cancelled if row.source.kind == SourceKind.REGISTRATION]
    cancelled = {row.source.id: row.reason for row in answers}
    by_end: dict[tuple[str, RegistrationEnd], list[Row[Any]]] = {}
    for row in lock_where(uow, resits(cancelled, UNPAID)):
        by_end.setdefault(CLOSED_BY[row.closing_reason or cancelled[row.id]], []).append(row)
    for (action, ended_by), rows in by_end.items():
        end(uow, rows, action, ended_by)


def on_bill_cancellation_refused(events: Sequence[BillCancellationRefused], uow: UnitOfWork) -> None:
    """The bill stands: the resit waits for payment again. A cancellation that was asked for by people is forgotten; for
    any other reason exams asks again at the time that finance names (never, when it is paid)."""
    refused = [row for event in events for row in event.refused if row.source.kind == SourceKind.REGISTRATION]
    answers = {(row.source.id, row.attempt): row.ask_again_at for row in refused}
    known = locked(uow, students, UNPAID_RESITS.students_of(uow, (id_ for id_, _ in answers)))
    UNPAID_RESITS.let_stand(uow, answers, known)
