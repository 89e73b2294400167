"""Unpaid selections and resits are to end: cancel their bills, or refuse because money is on its way or there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.data.bulk import insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import Reason
from contracts.base import Event
from contracts.common import ClosingReason
from contracts.courses.events import ClosingSelection, SelectionsClosing
from contracts.exams.events import ClosingResit, ResitsClosing
from contracts.finance.events import BillCancellationRefused, BillsCancelled, CancelledBills, RefusedCancellation
from contracts.finance.source import Source, SourceKind
from contracts.finance.states import PostingKind
from services.finance.domain import closing
from services.finance.steps import bills, ledger
from services.finance.steps.bills import Bill
from services.finance.tables.bills import billings


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One request to cancel all bills for a source."""

    source: Source
    attempt: int
    reason: ClosingReason
    event: Event


def on_selections_closing(events: Sequence[SelectionsClosing], uow: UnitOfWork) -> None:
    """Cancel the bills of selections that end unpaid."""
    kind = SourceKind.SELECTION
    _close(uow, [_asked(kind, row.selection_id, row, event) for event in events for row in event.selections])


def on_resits_closing(events: Sequence[ResitsClosing], uow: UnitOfWork) -> None:
    """Cancel the bills of resits that end unpaid."""
    kind = SourceKind.REGISTRATION
    _close(uow, [_asked(kind, row.registration_id, row, event) for event in events for row in event.resits])


def _asked(kind: SourceKind, id_: UUID, row: ClosingSelection | ClosingResit, event: Event) -> Asked:
    return Asked(Source(kind=kind, id=id_), row.attempt, row.reason, event)


def _close(uow: UnitOfWork, asked: Sequence[Asked]) -> None:
    _leave_tombstones(uow, asked)
    of_source: dict[UUID, list[Bill]] = defaultdict(list)
    for bill in bills.lock_of_sources(uow, {row.source.id for row in asked}):
        of_source[bill.source_id].append(bill)
    against = {row: closing.against_cancelling(of_source[row.source.id], row.reason, uow.now) for row in asked}
    ending = {row.source.id for row, reason in against.items() if reason is None}
    ended = [bill for id_ in sorted(ending) for bill in of_source[id_]]
    cancelled = bills.take(uow, ended, "cancel", {"grace_until": None})
    ledger.post(uow, [bills.posting(PostingKind.BILL_CANCELLED, bill) for bill in cancelled])
    refused = {
        row: _refusal(row, reason, closing.ask_again_at(reason, of_source[row.source.id], uow.now))
        for row, reason in against.items()
        if reason is not None and row.source.id not in ending
    }
    _answer(uow, asked, refused)


def _leave_tombstones(uow: UnitOfWork, asked: Sequence[Asked]) -> None:
    """The wish to close may come before the selection itself: then it is never billed."""
    sources = {row.source.id: row.source.kind for row in asked}
    rows = [
        {"id": id_, "source": kind, "outcome": "closed", "decided_at": uow.now} for id_, kind in sorted(sources.items())
    ]
    uow.execute(insert_rows(billings, rows).on_conflict_do_nothing())


def _answer(uow: UnitOfWork, asked: Sequence[Asked], refused: Mapping[Asked, RefusedCancellation]) -> None:
    for event in {id(row.event): row.event for row in asked}.values():
        mine = [row for row in asked if row.event is event]
        done = [_cancelled(row) for row in mine if row not in refused]
        uow.publish_rows(BillsCancelled, done, because=event)
        stand = [refused[row] for row in mine if row in refused]
        uow.publish_rows(BillCancellationRefused, stand, because=event)


def _cancelled(asked: Asked) -> CancelledBills:
    return CancelledBills(source=asked.source, attempt=asked.attempt, reason=asked.reason)


def _refusal(asked: Asked, reason: Reason, ask_again_at: datetime | None) -> RefusedCancellation:
    return RefusedCancellation(
        source=asked.source, attempt=asked.attempt, reason=asked.reason, code=reason.code, ask_again_at=ask_again_at
    )
