"""Proving what has changed in the books, and keeping what is wrong with them (FIN-7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Row, and_, delete, func, or_, select, true

from chassis.data.bulk import ids_in, insert_rows
from chassis.data.unit_of_work import UnitOfWork
from services.finance.steps.faults import FAULTS_OF, These, findings
from services.finance.tables.bills import bills
from services.finance.tables.ledger import ledger_entries, ledger_transactions
from services.finance.tables.payments import remittances
from services.finance.tables.proof import late_changes, ledger_findings

STAMPS: Final[tuple[Column[Any], ...]] = (
    ledger_entries.c.posted_at,
    bills.c.updated_at,
    remittances.c.updated_at,
)
"""By which changes are found: each of these tables has an index of its stamps."""
KIND_OF: Final = {fault: kind for kind, faults in FAULTS_OF.items() for fault in faults}
"""Fault → kind of row that has it."""
_AGAIN: Final = 1_000
"""Rows with a fault that are proven again each time: what was put right is forgotten at once."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that are to be proven."""

    transactions: set[UUID] = field(default_factory=set)
    bills: set[UUID] = field(default_factory=set)
    slips: set[UUID] = field(default_factory=set)

    def by_kind(self) -> Mapping[str, set[UUID]]:
        """Kind of row, as in `FAULTS_OF` → ids."""
        return {"transactions": self.transactions, "bills": self.bills, "slips": self.slips}


def nth_stamp(uow: UnitOfWork, since: datetime, until: datetime | None, most: int) -> datetime | None:
    """Up to where one may go from `since` and meet hardly more than `most` rows of a table: always behind `since`, so
    that whoever walks gets on. None where there are no more than that before `until`."""
    reached = (
        uow.scalar(select(stamp).where(stamp > since, _before(stamp, until)).order_by(stamp).offset(most).limit(1))
        for stamp in STAMPS
    )
    return min((stamp for stamp in reached if stamp is not None), default=None)


def count_stamped(uow: UnitOfWork, since: datetime, most: int) -> int:
    """How many rows are stamped from `since` on; of more than `most` of a table that many."""
    some = (select(stamp).where(stamp >= since).limit(most).subquery() for stamp in STAMPS)
    return sum(uow.scalar(select(func.count()).select_from(each)) for each in some)


def changed(uow: UnitOfWork, since: datetime, until: datetime | None, notes: Iterable[Row[Any]] = ()) -> Rows:
    """What has to be proven because it, or what it is compared with, is stamped from `since` on and before `until`, or
    was noted as late (`notes`: kind and row_id)."""
    late = {kind: [note.row_id for note in notes if note.kind == kind] for kind in ("entry", "bill", "slip")}
    posted = _stamped_or(ledger_entries.c.posted_at, since, until, ledger_entries.c.id, late["entry"])
    entries = uow.rows(select(ledger_entries.c.transaction_id, ledger_entries.c.bill_id).distinct().where(posted))
    edited = _stamped_or(bills.c.updated_at, since, until, bills.c.id, late["bill"])
    slips = _stamped_or(remittances.c.updated_at, since, until, remittances.c.id, late["slip"])
    return _with_what_belongs_to(
        uow,
        Rows(
            {entry.transaction_id for entry in entries},
            {entry.bill_id for entry in entries if entry.bill_id} | _ids(uow, bills.c.id, edited),
            _ids(uow, remittances.c.id, slips),
        ),
    )


def notes_of_late(uow: UnitOfWork, most: int) -> Sequence[Row[Any]]:
    """Of what came late and was not proven since."""
    return uow.rows(select(late_changes.c.kind, late_changes.c.row_id).order_by(late_changes.c.id).limit(most))


def with_faults(uow: UnitOfWork, rows: Rows) -> Rows:
    """These rows, and those in which something was found wrong before."""
    found = uow.rows(select(ledger_findings.c.kind, ledger_findings.c.row_id).limit(_AGAIN))
    of: Callable[[str], set[UUID]] = lambda kind: {row.row_id for row in found if KIND_OF[row.kind] == kind}  # noqa: E731
    return Rows(**{kind: ids | of(kind) for kind, ids in rows.by_kind().items()})


def faults_in(uow: UnitOfWork, rows: Rows) -> list[Row[Any]]:
    """What is wrong with these rows: kind, id, amount."""
    return [
        fault
        for kind, ids in rows.by_kind().items()
        if ids
        for fault in uow.rows(findings(kind, partial(_among, ids=ids)))
    ]


def prove(uow: UnitOfWork, rows: Rows) -> None:
    """Prove these rows, and keep what is wrong with them in place of what was."""
    for kind, ids in rows.by_kind().items():
        if ids:
            prove_these(uow, kind, partial(_among, ids=ids))


def prove_these(uow: UnitOfWork, kind: str, these: These) -> None:
    """Prove rows of one kind, and keep what is wrong with them in place of what was."""
    found = uow.rows(findings(kind, these))
    kept = ledger_findings.c
    uow.execute(
        delete(ledger_findings).where(or_(*(kept.kind == fault for fault in FAULTS_OF[kind])), these(kept.row_id))
    )
    if found:
        values = [{"kind": f.kind, "row_id": f.id, "amount": f.amount, "found_at": uow.now} for f in found]
        uow.execute(insert_rows(ledger_findings, values))


def _with_what_belongs_to(uow: UnitOfWork, rows: Rows) -> Rows:
    """A bill's postings have its amount, and its slip adds up."""
    on = and_(ids_in(bills.c.id, rows.bills), bills.c.remittance_id.is_not(None))
    about = ids_in(ledger_transactions.c.bill_id, rows.bills)
    return Rows(
        rows.transactions | _ids(uow, ledger_transactions.c.id, about),
        rows.bills,
        rows.slips | _ids(uow, bills.c.remittance_id, on),
    )


def _ids(uow: UnitOfWork, column: Column[Any], condition: ColumnElement[bool]) -> set[UUID]:
    return {row[0] for row in uow.rows(select(column).distinct().where(condition))}


def _among(column: ColumnElement[Any], ids: set[UUID]) -> ColumnElement[bool]:
    return ids_in(column, ids)


def _before(stamp: ColumnElement[Any], until: datetime | None) -> ColumnElement[bool]:
    return true() if until is None else stamp < until


def _stamped_or(
    stamp: Column[Any], since: datetime, until: datetime | None, key: Column[Any], ids: Sequence[UUID]
) -> ColumnElement[bool]:
    in_time = and_(stamp >= since, _before(stamp, until))
    return or_(in_time, ids_in(key, ids)) if ids else in_time
