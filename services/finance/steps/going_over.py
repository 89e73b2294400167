"""The pass over everything, piece by piece: what was changed behind the system's back bears no stamp (FIN-7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Row, and_, literal, select, true, update
from sqlalchemy.dialects.postgresql import insert

from chassis.base.clock import local_date
from chassis.data.pages import between, on_days
from chassis.data.unit_of_work import UnitOfWork
from services.finance.steps.faults import findings
from services.finance.steps.folding import days_that_differ
from services.finance.steps.proving import prove_these
from services.finance.tables.bills import bills
from services.finance.tables.ledger import ledger_entries, ledger_transactions
from services.finance.tables.payments import remittances
from services.finance.tables.proof import ledger_days

_IDS: Final[dict[str, Column[Any]]] = {
    "transactions": ledger_transactions.c.id,
    "bills": bills.c.id,
    "slips": remittances.c.id,
}
STAGES: Final = ("days", *_IDS)
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a pass is: a stage, and the last id, or day, that was gone over in it."""

    stage: str = STAGES[0]
    after: Any = None


@dataclass(frozen=True, slots=True)
class Piece:
    """What is gone over at once: what lies behind a place, up to an id or day; up to the end where that is None. So
    nothing lies between two pieces, before the first or behind the last."""

    place: Place
    upto: Any

    @property
    def next(self) -> Place | None:
        """Where it goes on; None: everything was gone over."""
        if self.upto is not None:
            return Place(self.place.stage, self.upto)
        rest = STAGES[STAGES.index(self.place.stage) + 1 :]
        return Place(rest[0]) if rest else None

    def faults(self, uow: UnitOfWork) -> list[Row[Any]]:
        """What is wrong there: kind, id, amount. Days are told by `days`."""
        return [] if self.place.stage == "days" else uow.rows(findings(self.place.stage, self._these))

    def days(self, uow: UnitOfWork) -> list[Row[Any]]:
        """The sums there that are not those of their entries: point, day, account."""
        return uow.rows(self._days_that_differ) if self.place.stage == "days" else []

    def prove(self, uow: UnitOfWork) -> None:
        """Prove it, and keep what is wrong there in place of what was."""
        if self.place.stage != "days":
            prove_these(uow, self.place.stage, self._these)
            return
        uow.execute(
            update(ledger_days).where(self._these(ledger_days.c.day), ledger_days.c.differs).values(differs=False)
        )
        differing = self._days_that_differ.subquery()
        marked = insert(ledger_days).from_select(
            [*differing.c.keys(), "debit", "credit", "differs"],
            select(*differing.c, literal(0), literal(0), true()),
        )
        key = list(ledger_days.primary_key.columns)
        uow.execute(marked.on_conflict_do_update(index_elements=key, set_={"differs": True}))

    @property
    def _days_that_differ(self) -> Any:
        first = None if self.place.after is None else self.place.after + _A_DAY
        stamped = on_days(ledger_entries.c.posted_at, first, self.upto)
        return days_that_differ(self._these(ledger_days.c.day), stamped)

    def _these(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        behind = true() if self.place.after is None else column > self.place.after
        return and_(behind, between(column, None, self.upto))


def piece_at(uow: UnitOfWork, place: Place, most: int) -> Piece:
    """The piece behind a place: some `most` rows, or whole days of hardly more entries."""
    return Piece(place, _last_day(uow, place.after, most) if place.stage == "days" else _last_id(uow, place, most))


def pieces(uow: UnitOfWork, most: int) -> Iterator[Piece]:
    """Everything, piece by piece."""
    place: Place | None = Place()
    while place is not None:
        piece = piece_at(uow, place, most)
        yield piece
        place = piece.next


def _last_id(uow: UnitOfWork, place: Place, most: int) -> UUID | None:
    id_ = _IDS[place.stage]
    behind = true() if place.after is None else id_ > place.after
    found: UUID | None = uow.scalar(select(id_).where(behind).order_by(id_).offset(most - 1).limit(1))
    return found


def _last_day(uow: UnitOfWork, after: date | None, most: int) -> date | None:
    posted_at = ledger_entries.c.posted_at
    behind = on_days(posted_at, None if after is None else after + _A_DAY, None)
    found = uow.scalar(select(posted_at).where(behind).order_by(posted_at).offset(most - 1).limit(1))
    return None if found is None else local_date(found)
