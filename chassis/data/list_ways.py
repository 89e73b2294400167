"""The ways to a page: which rows it has, and in which order.

1. **Stream.** An index begins with columns whose values are known (the actor's points, a filter, all states, all
   groups) and ends with the order and the id: the page is the beginning of the index at each combination of the values,
   merged. It does as much for the last of a million rows as for the first of ten.
2. **Walk.** What else is filtered by is common: the first thousands of rows of such an index have a page full, or show
   that the first ten thousands will.
3. **Gather.** What is filtered by is rare: at most 10,000 rows are found, and sorted by whatever is wished. What the
   planner expects to be a handful is gathered before anything is walked.

Else the list has to be narrowed: nobody waits for what the database would have to sort or look through by the million.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from itertools import islice
from time import perf_counter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CTE, Column, ColumnElement, Select, func, literal, select, true

from chassis.base.failures import TooSlow
from chassis.data.list_places import all_rows, first_rows, rows_read, rows_within
from chassis.data.list_plans import Plan, plans
from chassis.data.list_totals import counted, expected
from chassis.data.list_wanted import PAGED, Behind, Found, Wanted
from chassis.data.whole_lists import Reader
from contracts.errors import ServiceError

_AT_ONCE: Final = 3_000
_AT_ONCE_ROWS: Final = 40_000
"""Places of an index that are looked up before anything else is tried, and rows that are read at them for a page."""
_MERGED: Final = 10_000
"""Places that are looked up at all, and …"""
_MERGED_ROWS: Final = 200_000
"""… rows that are read at them for one page."""
_WALKS: Final = 2
_WALKED_PLACES: Final = 64
"""Indexes that are walked, at most, and places of one that this is worth while at."""
_WALKED: Final = 4_000
"""Rows that are looked at for a page, at most; together with those of other places that are read to find which they
are …"""
_WALKED_ROWS: Final = 12_000
"""… so many. Reading them takes some 10 ms."""
_SLACK: Final = 4
"""So many times the rows of a page are looked at first: what most rows are found by needs no more."""
_FURTHER: Final = 40_000
"""Rows that are looked at where the first of them show that a page is among these. What is spread over millions of rows
has a page there or is few: 50 of 40,000 are 10,000 of eight millions."""
_WALKING_MS: Final = 60
_FURTHER_MS: Final = 120
_WALKS_MS: Final = 180
"""For all walks together: they and gathering are what a refusal takes, which is half a second at most. What is promised
is not refused: rows are counted then, and no milliseconds, of which a busy machine takes more."""
_GATHERING_MS: Final = 250
_HANDFUL: Final = 1_000
"""Rows that are gathered before anything is walked, where the planner expects no more, …"""
_HANDFUL_MS: Final = 40
"""… and for how long: it may be wrong, and then a walk finds the page."""
_PATIENT_MS: Final = 3_000
"""For what is few, or expected to be, and for what is promised: on a busy machine that takes its time, and is no reason
to refuse it."""


def position_of(uow: Reader, wanted: Wanted, after: UUID) -> Behind:
    """The condition that a row comes after one that was seen. Raises ServiceError `list_position_unknown`."""
    row = None
    if isinstance(wanted.id, Column):
        row = uow.first(wanted.found(wanted.order.column.label("key"), conditions=[wanted.id == after]))
    if row is None:
        raise ServiceError("list_position_unknown")
    return wanted.order.behind(row.key, after)


def find(uow: Reader, wanted: Wanted) -> Found:
    """The page, by the first way that leads to it. Raises ServiceError `narrow_the_list`."""
    for way in _ways(uow, wanted):
        found = way(uow, wanted)
        if found is not None:
            return found
    raise ServiceError("narrow_the_list", limit=PAGED, filters=list(wanted.alone()))


_Way = Callable[[Reader, Wanted], Found | None]


def _ways(uow: Reader, wanted: Wanted) -> Iterator[_Way]:
    found = sorted(plans(wanted), key=lambda plan: plan.cost(wanted))
    whole = next((plan for plan in found if plan.whole), None)
    if wanted.few:
        yield _gather
    if whole is not None and _is_merged(whole, wanted, _AT_ONCE, _AT_ONCE_ROWS):
        yield partial(_stream, whole)
        return
    if not wanted.few and expected(uow, wanted) <= _HANDFUL:
        yield partial(_gather, milliseconds=_HANDFUL_MS)
    at_hand, time = (plan for plan in found if not plan.asks(wanted)), _Time(wanted)
    yield from (partial(_walk, plan, time) for plan in islice(at_hand, _WALKS) if plan.places(wanted) <= _WALKED_PLACES)
    if whole is not None and _is_merged(whole, wanted, _MERGED, _MERGED_ROWS):
        yield partial(_stream, whole)
    elif not wanted.few:
        yield _gather


# -- stream and walk --------------------------------------------------------------------------------------------------


def _stream(plan: Plan, uow: Reader, wanted: Wanted) -> Found:
    top = _beginning(plan, wanted, wanted.needed).offset(wanted.offset).limit(wanted.size + 1)

    def everything() -> Select[Any]:
        return all_rows(wanted.table, plan.values(wanted), _at_places(plan, wanted, literal(1).label("one")))

    return counted(uow, wanted, [row.id for row in uow.rows(top)], everything)


def _is_merged(plan: Plan, wanted: Wanted, places: int, rows: int) -> bool:
    """Whether the page is merged from no more places, and no more rows at them."""
    number = plan.places(wanted)
    return number <= places and rows_read(number, wanted.needed) <= rows


class _Time:
    """Milliseconds that several looks share."""

    def __init__(self, wanted: Wanted) -> None:
        self._end = math.inf if wanted.promised else perf_counter() + _WALKS_MS / 1000

    def at_most(self, milliseconds: int, uow: Reader) -> AbstractContextManager[None]:
        """Read for so long, and no longer than what is left. Raises TooSlow."""
        if self._end == math.inf:
            return uow.at_most(_PATIENT_MS)
        left = int((self._end - perf_counter()) * 1000)
        if left < 1:
            raise TooSlow
        return uow.at_most(min(milliseconds, left))


def _walk(plan: Plan, time: _Time, uow: Reader, wanted: Wanted) -> Found | None:
    """The page, if it is full, or all rows were looked at. Where it is begun it is looked for once more, as far as what
    was found lets expect."""
    try:
        for rows in _looks(plan, wanted):
            with time.at_most(_WALKING_MS, uow):
                looked_at, ids = _among_first(plan, uow, wanted, rows)
            if len(ids) > wanted.size or looked_at < rows:
                return counted(uow, wanted, ids)
        enough, furthest = _far_enough(rows, len(ids), wanted), rows_within(_FURTHER, plan.places(wanted))
        if enough > 2 * furthest:
            return None
        rows = min(2 * int(enough), furthest)  # what is looked for is not spread evenly
        with time.at_most(_FURTHER_MS, uow):
            looked_at, ids = _among_first(plan, uow, wanted, rows)
    except TooSlow:
        return None
    return counted(uow, wanted, ids) if len(ids) > wanted.size or looked_at < rows else None


def _looks(plan: Plan, wanted: Wanted) -> list[int]:
    """How many rows are looked at, and how many then."""
    rows = min(_WALKED, rows_within(_WALKED_ROWS, plan.places(wanted)))
    return [*([_SLACK * wanted.needed] if _SLACK * wanted.needed < rows else []), rows]


def _far_enough(rows: int, found: int, wanted: Wanted) -> float:
    """Where the page ends, if rows lie behind as they lie here."""
    here = wanted.offset + found if found else 0
    return rows * wanted.needed // here if here else math.inf


def _among_first(plan: Plan, uow: Reader, wanted: Wanted, rows: int) -> tuple[int, list[Any]]:
    """How many of the first rows there are, at most so many, and the page's ids among them. Only what the index leaves
    is looked at there: told the rest too, the planner would look for these rows in another way."""
    near = _beginning(plan, wanted, rows).limit(rows).cte("near")
    left = [wanted.conditions[name] for name in plan.left]
    some = wanted.found(wanted.id.label("id"), near.c.key, conditions=[wanted.id == near.c.id, *left])
    page = some.order_by(*wanted.order.by(near.c.id, near.c.key)).offset(wanted.offset).limit(wanted.size + 1)
    return _numbered(uow, wanted, near, page)


def _numbered(uow: Reader, wanted: Wanted, rows: CTE, page: Select[Any]) -> tuple[int, list[Any]]:
    """How many rows there are, and the ids of a page of them, in their order."""
    number, some = select(func.count().label("number")).select_from(rows).subquery(), page.subquery("page")
    both = select(number.c.number, some.c.id).select_from(number.outerjoin(some, true()))
    found = uow.rows(both.order_by(*wanted.order.by(some.c.id, some.c.key)))
    return found[0].number, [row.id for row in found if row.id is not None]


def _beginning(plan: Plan, wanted: Wanted, rows: int) -> Select[Any]:
    """The first rows at all places, in their order: `id` and `key`."""
    order, id_ = wanted.order.column, wanted.id
    found = _at_places(plan, wanted, id_.label("id"), order.label("key"))
    if wanted.behind is not None:
        found = found.where(wanted.behind(order, id_))
    return first_rows(wanted.table, plan.values(wanted), found, wanted.order, rows)


def _at_places(plan: Plan, wanted: Wanted, *columns: ColumnElement[Any]) -> Select[Any]:
    """What is selected of the rows at a place. A filter that is no value of a column, such as a span of days, still
    holds for each of them."""
    others = (each for name, each in wanted.conditions.items() if name not in (*plan.first, *plan.left))
    always = [] if wanted.always is None else [wanted.always]
    return select(*columns).select_from(wanted.table).where(*always, *others)


def all_values(column: Column[Any]) -> Select[Any]:
    """The different values of a column, of which there are some hundreds among millions of rows: from each to the next
    in an index that begins with it."""
    of = column.table
    first = select(column.label("value")).select_from(of).order_by(column).limit(1).subquery()
    steps = select(first.c.value).cte("steps", recursive=True)
    behind = select(column).select_from(of).where(column > steps.c.value).order_by(column).limit(1).scalar_subquery()
    steps = steps.union_all(select(behind).where(steps.c.value.is_not(None)))
    return select(steps.c.value).where(steps.c.value.is_not(None))


# -- gather -----------------------------------------------------------------------------------------------------------


def _gather(uow: Reader, wanted: Wanted, milliseconds: int | None = None) -> Found | None:
    columns = wanted.id.label("id"), wanted.order.column.label("key")
    found = wanted.found(*columns, conditions=wanted.all_conditions).limit(wanted.most + 1).cte("found")
    page = select(found.c.id, found.c.key).order_by(*wanted.order.by(found.c.id, found.c.key))
    if wanted.behind is not None:
        page = page.where(wanted.behind(found.c.key, found.c.id))
    if milliseconds is None:
        few = wanted.few or wanted.promised or expected(uow, wanted) <= PAGED
        milliseconds = _PATIENT_MS if few else _GATHERING_MS
    try:
        with uow.at_most(milliseconds):
            number, ids = _numbered(uow, wanted, found, page.offset(wanted.offset).limit(wanted.size + 1))
    except TooSlow:
        return None
    return None if number > wanted.most else Found(ids[: wanted.size], len(ids) > wanted.size, number)
