"""How long rows are kept: declared beside their table, and one due job lets go of what has outlived that.

    kept_for(sessions, timedelta(days=90), since="expires_at")
    kept_for(inbox, timedelta(days=30), since="received_at", only=inbox.c.state == "handled")
    kept_for(readings, timedelta(minutes=15), since="read_at", blank=("name", "id_number"))
    kept_for(signups, SIGNUPS_KEPT, since="ended_at")    # a setting of the school's, in days

What was let go is counted by day (`erasures`), never what it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ColumnElement,
    Delete,
    Select,
    Table,
    Update,
    and_,
    delete,
    null,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert

from chassis.data.unit_of_work import UnitOfWork
from contracts.settings import Setting

AT_ONCE: Final = 5_000
"""Rows of one table that one transaction lets go."""

Days = Callable[[UnitOfWork, Setting[int]], int]
"""How many days the school has set."""

_DECLARED: WeakKeyDictionary[Table, list[Retention]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, eq=False)
class Retention:
    """How long rows of `table` are kept, counted from their column `since`: those that are `only`. Then they are
    erased, or only their columns `blank`."""

    table: Table
    period: timedelta | Setting[int]
    since: str
    only: ColumnElement[bool]
    blank: tuple[str, ...]

    def outlived(self, uow: UnitOfWork, days: Days) -> Select[tuple[object, ...]]:
        """The keys of some rows whose time is over, passing over those that somebody works with."""
        period = timedelta(days=days(uow, self.period)) if isinstance(self.period, Setting) else self.period
        over = self.table.c[self.since] < uow.now - period
        filled = or_(*(self.table.c[name].is_not(None) for name in self.blank)) if self.blank else true()
        found = select(*self.table.primary_key.columns).where(and_(over, self.only, filled)).limit(AT_ONCE)
        return found.with_for_update(skip_locked=True)

    def letting_go(self, uow: UnitOfWork, days: Days) -> Delete | Update:
        """The statement that erases or blanks them."""
        these = tuple_(*self.table.primary_key.columns).in_(self.outlived(uow, days))
        if self.blank:
            return update(self.table).where(these).values(dict.fromkeys(self.blank, null()))  # of JSON, too
        return delete(self.table).where(these)


def kept_for(
    table: Table,
    period: timedelta | Setting[int],
    *,
    since: str,
    only: ColumnElement[bool] | None = None,
    blank: Sequence[str] = (),
) -> None:
    """Declare how long rows of `table` are kept (see `Retention`). Raises KeyError for a column that is not there."""
    for name in (since, *blank):
        table.c[name]
    declared = Retention(table, period, since, true() if only is None else only, tuple(blank))
    _DECLARED.setdefault(table, []).append(declared)


def retentions(table: Table) -> Sequence[Retention]:
    """What is declared of a table."""
    return tuple(_DECLARED.get(table, ()))


def by_default(uow: UnitOfWork, period: Setting[int]) -> int:
    """As many days as until the school sets it."""
    return period.default


def let_go(uow: UnitOfWork, days: Days = by_default) -> int:
    """Due job: let go of some of what has outlived its time; how many rows, in all tables."""
    numbers: dict[tuple[str, bool], int] = defaultdict(int)
    for table in uow.tables.values():
        for each in retentions(table):
            numbers[table.name, bool(each.blank)] += uow.execute(each.letting_go(uow, days)).rowcount
    for (name, blanked), number in numbers.items():
        count_erased(uow, name, number, blanked=blanked)
    return sum(numbers.values())


def count_erased(uow: UnitOfWork, table: str, number: int, *, blanked: bool = False) -> None:
    """Count rows that were let go, also by a job of their own."""
    if number:
        uow.execute(counted(uow.tables["erasures"], uow.today, table, number, blanked=blanked))


def counted(erasures: Table, on: date, table: str, number: int, *, blanked: bool = False) -> Insert:
    """The statement that counts rows of a table that were let go on a day."""
    count = insert(erasures).values(on=on, object_type=table, blanked=blanked, number=number)
    key = (erasures.c.on, erasures.c.object_type, erasures.c.blanked)
    more = {"number": erasures.c.number + count.excluded.number}
    return count.on_conflict_do_update(index_elements=key, set_=more)
