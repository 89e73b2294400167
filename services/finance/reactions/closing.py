"""Unpaid selections and resits are to end: cancel their bills, or refuse because money is on its way or there."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.data.bulk import insert_rows
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import Event
from contracts.courses.events import SelectionsClosing
from contracts.courses.states import ClosingReason
from contracts.exams.events import ResitsClosing
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
    _close(
        uow,
        [
            Asked(Source(kind=SourceKind.SELECTION, id=row.selection_id), row.attempt, row.reason, event)
            for event in events
            for row in event.selections
        ],
    )


def on_resits_closing(events: Sequence[ResitsClosing], uow: UnitOfWork) -> None:
    """Cancel the bills of resits that end unpaid."""
    _close(
        uow,
        [
            Asked(Source(kind=SourceKind.REGISTRATION, id=row.registration_id), row.attempt, row.reason, event)
            for event in events
            for row in event.resits
        ],
    )


def _close(uow: UnitOfWork, asked: Sequence[Asked]) -> None:
    _leave_tombstones(uow, asked)
    of_source: dict[UUID, list[Bill]] = defaultdict(list)
    for bill in bills.lock_of_sources(uow, {row.source.id for row in asked}):
        of_source[bill.source_id].append(bill)
    refusals = {row: closing.refusal(of_source[row.source.id], row.reason, uow.now) for row in asked}
    ending = {row.source.id for row, refusal in refusals.items() if refusal is None}
    ended = [bill for id_ in sorted(ending) for bill in of_source[id_]]
    cancelled = bills.take(uow, ended, "cancel", {"grace_until": None})
    ledger.post(uow, [bills.posting(PostingKind.BILL_CANCELLED, bill) for bill in cancelled])
    for event in {id(row.event): row.event for row in asked}.values():
        _answer(uow, event, {row: refusal for row, refusal in refusals.items() if row.event is event}, ending)


def _leave_tombstones(uow: UnitOfWork, asked: Sequence[Asked]) -> None:
    """The wish to close may come before the selection itself: then it is never billed."""
    sources = {row.source.id: row.source.kind for row in asked}
    rows = [
        {"id": id_, "source": kind, "outcome": "closed", "decided_at": uow.now} for id_, kind in sorted(sources.items())
    ]
    uow.execute(insert_rows(billings, rows).on_conflict_do_nothing())


def _answer(uow: UnitOfWork, event: Event, refusals: dict[Asked, closing.Refusal | None], ending: set[UUID]) -> None:
    done, refused = [], []
    for row, refusal in refusals.items():
        if refusal is None or row.source.id in ending:
            done.append(CancelledBills(source=row.source, attempt=row.attempt, reason=row.reason))
        else:
            refused.append(
                RefusedCancellation(
                    source=row.source,
                    attempt=row.attempt,
                    reason=row.reason,
                    code=refusal.code,
                    ask_again_at=refusal.ask_again_at,
                )
            )
    uow.publish_rows(BillsCancelled, done, because=event)
    uow.publish_rows(BillCancellationRefused, refused, because=event)
