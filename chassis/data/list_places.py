"""Rows at places of an index: a place is one combination of the values of its first columns, where rows stand in a
list's order. The first rows of all places are merged, without reading a page of each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import CTE, CompoundSelect, Select, Table, column, func, literal, select, true, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.expression import FromClause

from chassis.data.list_wanted import PAGED, Order

_AT_EACH: Final = 4
"""Rows that are read at each of many places first, at least, …"""
_PLAIN_ROWS: Final = 500
"""… where more than so many would be read without that."""

Values = Mapping[str, Sequence[Any]]
"""The values of each of the first columns, by its name."""


def number_of(values: Values) -> int:
    """How many places there are."""
    return math.prod(map(len, values.values()))


def rows_read(places: int, rows: int) -> int:
    """How many rows of the index are read, at most, until the first so many of all places are known."""
    if places * rows <= _PLAIN_ROWS:
        return places * rows
    each = _at_each(places, rows)
    return min(places * rows, places * each + rows * rows // each)


def rows_within(read: int, places: int) -> int:
    """How many of the first rows can be known, where no more than so many are read."""
    places = max(1, places)
    return max(read // places, int(read / (2 * math.sqrt(places))))


def first_rows(table: Table, values: Values, found: Select[Any], order: Order, rows: int) -> Select[Any]:
    """The first rows of all places, in their order. `found` selects `id` and `key` of the rows that are looked for."""
    id_, key = found.selected_columns.id, found.selected_columns.key
    if number_of(values) == 1:
        return _at(table, values, found).order_by(*order.by(id_, key))
    places = _places(table, values)
    at_place = found.where(*(table.c[name] == places.c[name] for name in values)).order_by(*order.by(id_, key))
    number = number_of(values)
    if number * rows <= _PLAIN_ROWS:
        of_all = _as_many_of_each(places, at_place, rows).subquery("of_all")
    else:
        of_all = _more_where_it_counts(places, at_place, order, rows, _at_each(number, rows)).subquery("of_all")
    return select(of_all.c.id, of_all.c.key).order_by(*order.by(of_all.c.id, of_all.c.key))


def all_rows(table: Table, values: Values, found: Select[Any]) -> Select[Any]:
    """What is selected of the rows of all places, of which none gives more than are counted."""
    if number_of(values) == 1:
        return _at(table, values, found)
    places = _places(table, values)
    at_place = found.where(*(table.c[name] == places.c[name] for name in values)).limit(PAGED + 1).lateral("at_place")
    return select(*at_place.c).select_from(places.join(at_place, true()))


def _at(table: Table, values: Values, found: Select[Any]) -> Select[Any]:
    """What is selected of the rows of the only place."""
    return found.where(*(table.c[name] == value for name, [value] in values.items()))


def _at_each(places: int, rows: int) -> int:
    """How many rows are read at each place first: what makes both readings equally long, where places are alike."""
    return min(rows, max(_AT_EACH, math.ceil(rows / math.sqrt(places))))


def _as_many_of_each(places: CTE, at_place: Select[Any], rows: int) -> Select[Any]:
    here = at_place.limit(rows).lateral("here")
    return select(here.c.id, here.c.key).select_from(places.join(here, true()))


def _more_where_it_counts(
    places: CTE, at_place: Select[Any], order: Order, rows: int, each: int
) -> CompoundSelect[Any]:
    """A few rows of each place; then as many as are wanted, but only of places whose last of the few is among the first
    of all. No further row of another place can be."""
    few = _few_of_each(places, at_place, order, each)
    fuller = select(few.c.place).where(few.c.in_place == each, few.c.in_all < rows).cte("fuller")
    further = at_place.limit(rows).lateral("further")
    return union_all(
        select(few.c.id, few.c.key).where(few.c.in_all <= rows, few.c.place.not_in(select(fuller.c.place))),
        select(further.c.id, further.c.key).select_from(
            places.join(fuller, fuller.c.place == places.c.place).join(further, true())
        ),
    )


def _few_of_each(places: CTE, at_place: Select[Any], order: Order, each: int) -> CTE:
    """The first rows of each place, with where they stand in it and in all of these."""
    here = at_place.limit(each).lateral("here")
    by = order.by(here.c.id, here.c.key)
    return (
        select(
            places.c.place,
            here.c.id,
            here.c.key,
            func.row_number().over(partition_by=places.c.place, order_by=by).label("in_place"),
            func.row_number().over(order_by=by).label("in_all"),
        )
        .select_from(places.join(here, true()))
        .cte("few")
    )


def _places(table: Table, values: Values) -> CTE:
    """The combinations of the values as rows, which are numbered."""
    first, *others = (
        func.unnest(literal(list(each), ARRAY(table.c[name].type)))
        .table_valued(column(name, table.c[name].type))
        .render_derived(f"of_{name}")
        for name, each in values.items()
    )
    rows: FromClause = first
    for other in others:
        rows = rows.join(other, true())
    columns = (column for lists in (first, *others) for column in lists.c)
    return select(func.row_number().over().label("place"), *columns).select_from(rows).cte("places")
