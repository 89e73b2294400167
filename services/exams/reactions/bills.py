"""What finance says about the bills of unpaid resits. The bill decides between paying and cancelling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import locked
from contracts.courses.states import ClosingReason
from contracts.exams.states import RegistrationEnd
from contracts.finance.events import BillCancellationRefused, BillingRefused, BillsCancelled
from contracts.finance.source import SourceKind
from contracts.types import EnrolmentStatus
from services.exams.domain.registrations import CLOSED_BY, UNPAID
from services.exams.steps.closing import UNPAID_RESITS
from services.exams.steps.registrations import end, lock_where, resits
from services.exams.tables import exam_registrations, students

_r = exam_registrations.c


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
    """The bill stands: the resit waits for payment again. A cancellation that was asked for by people is forgotten; for
    any other reason exams asks again at the time that finance names (never, when it is paid)."""
    refused = [row for event in events for row in event.refused if row.source.kind == SourceKind.REGISTRATION]
    answers = {(row.source.id, row.attempt): row.ask_again_at for row in refused}
    theirs = select(_r.student_id).where(ids_in(_r.id, [id_ for id_, _ in answers]))
    known = locked(uow, students, {row.student_id for row in uow.rows(theirs)})
    UNPAID_RESITS.let_stand(uow, answers, lambda row: _has_resumed(row, known[row.student_id]))


def _has_resumed(resit: Row[Any], student: Row[Any]) -> bool:
    """A suspension that has ended meanwhile is no reason any more."""
    return bool(student.status == EnrolmentStatus.ACTIVE and resit.closing_reason == ClosingReason.STUDENT_SUSPENDED)
