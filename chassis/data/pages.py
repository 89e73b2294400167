"""Lists: one page of a select in a stable order with its total, and the filters that lists share.

What is sorted and filtered by is what the caller may see: columns of a table whose row scope shows their kind of scope
nothing (`chassis.data.row_scope`) are refused to them, wherever a list joins them. A list would else be ordered by
emptiness, or, where such names are read by the system, tell what it hides by who is found.
"""

import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, product
from operator import itemgetter
from typing import Any, Protocol, TypeVar

from sqlalchemy import Column, ColumnElement, Row, Select, Table, and_, collate, false, func, or_, select, true
from sqlalchemy.sql import visitors

from chassis.base.clock import SHANGHAI
from chassis.base.context import Context
from chassis.data.row_scope import shows
from contracts.base import Contract, Page, View
from contracts.errors import ServiceError
from contracts.text import cleaning
from contracts.text.characters import ALIKE

SomeView = TypeVar("SomeView", bound=View)
SomeContract = TypeVar("SomeContract", bound=Contract)

_ALIKE = str.maketrans(ALIKE)
_OTHERS: Mapping[str, str] = {
    meant: "".join(other for _, other in pairs)
    for meant, pairs in groupby(sorted((meant, other) for other, meant in ALIKE.items()), itemgetter(0))
}
"""Character → those that are stored as they were typed and mean the same."""
_MOST_SPELLINGS = 16
"""Of the beginning of a number that are looked up in an index one by one: four letters have as many."""
_FIRST_SURROGATE, _BEHIND_SURROGATES = 0xD800, 0xE000


PART_OF = "part of"
"""In a column's `info`: the name of the column of which it holds parts, as which people know it."""


class PageRequest(Protocol):
    """What is read of a `PageQuery`: a page from 1, rows a page, and keys to sort by (`-created_at,name`)."""

    @property
    def page(self) -> int: ...
    @property
    def size(self) -> int: ...
    @property
    def sort(self) -> str | None: ...


class Rows(Protocol):
    """What is used of a unit of work. `whole_list` is for who wants all rows of a list."""

    whole_list: "WholeList | None"

    @property
    def context(self) -> Context: ...
    def rows(self, statement: Any) -> Sequence[Row[Any]]: ...
    def scalar(self, statement: Any) -> Any: ...


@dataclass(slots=True)
class WholeList:
    """All rows of a list: what its handler would page through, and how views are made of rows. See `whole_list`."""

    statement: Select[Any] | None = None
    views: Callable[[Sequence[Row[Any]]], Iterable[View]] = lambda rows: ()

    @property
    def found(self) -> Select[Any]:
        """The rows, in their order. Raises LookupError where the handler did not answer by `page_of`."""
        if self.statement is None:
            raise LookupError("the list is not answered by page_of")
        return self.statement

    def count(self, uow: Rows, most: int) -> int:
        """How many rows there are; of more than `most` one more than that."""
        some = self.found.order_by(None).limit(most + 1).subquery()
        return int(uow.scalar(select(func.count()).select_from(some)))


def paginate(
    uow: Rows,
    statement: Select[Any],
    request: PageRequest,
    *,
    sortable: Mapping[str, ColumnElement[Any]],
    default: str,
) -> tuple[Sequence[Row[Any]], int]:
    """The rows of the asked page, and how many rows `statement` has in all.

    `statement` has no order of its own and a column `id`, which decides between equal rows: no row is on two
    pages or on none. Raises `sort_not_supported` for a key that is not in `sortable` or is hidden from the actor, and
    `filter_not_supported` for a condition on what is hidden from the actor.
    """
    ordered = _ordered(uow, statement, request, sortable, default)
    offset = (request.page - 1) * request.size
    rows = uow.rows(ordered.limit(request.size).offset(offset))
    if 0 < len(rows) < request.size or (not rows and offset == 0):
        return rows, offset + len(rows)  # the last page tells the total
    total = uow.scalar(select(func.count()).select_from(statement.subquery()))
    return rows, int(total)


def page_of(
    view: type[SomeView],
    uow: Rows,
    statement: Select[Any],
    request: PageRequest,
    *,
    sortable: Mapping[str, ColumnElement[Any]],
    default: str,
    views: Callable[[Sequence[Row[Any]]], Iterable[SomeView]] | None = None,
) -> Page[SomeView]:
    """The asked page of `statement` as views: each row by the names of its columns, or as `views` makes them.
    Raises as `paginate`. Where a `whole_list` is wanted it is empty, and what it would be made of is left there."""
    if uow.whole_list is not None:
        uow.whole_list.statement = _ordered(uow, statement, request, sortable, default)
        uow.whole_list.views = views or (lambda rows: (as_view(view, row) for row in rows))
        return Page[view](items=(), page=1, size=1, total=0)  # type: ignore[valid-type]
    rows, total = paginate(uow, statement, request, sortable=sortable, default=default)
    items = tuple(as_view(view, row) for row in rows) if views is None else tuple(views(rows))
    return Page[view](items=items, page=request.page, size=request.size, total=total)  # type: ignore[valid-type]


def whole_list(handler: Callable[[Any, Any], View], query: Any, uow: Rows) -> WholeList:
    """All rows that a list query's own handler would page through, by its filters and in its order, in the scope that
    `uow` now has. Raises what the handler raises."""
    uow.whole_list = wanted = WholeList()
    try:
        handler(query, uow)
    finally:
        uow.whole_list = None
    return wanted


def as_view(view: type[SomeContract], row: Row[Any], **more: Any) -> SomeContract:
    """A row, and what else the view shows, as the contract's view."""
    return view.model_validate({**row._mapping, **more})


def _ordered(
    uow: Rows,
    statement: Select[Any],
    request: PageRequest,
    sortable: Mapping[str, ColumnElement[Any]],
    default: str,
) -> Select[Any]:
    """The statement in the order asked for, if the actor may see all that it is sorted and filtered by."""
    kind = uow.context.scope.kind
    _refuse_hidden_filters(statement, kind)
    sortable = {key: column for key, column in sortable.items() if not _hidden(column, kind)}
    return statement.order_by(*_order(statement, request.sort or default, sortable))


def _refuse_hidden_filters(statement: Select[Any], kind: str) -> None:
    if statement.whereclause is not None and (names := _hidden(statement.whereclause, kind)):
        raise ServiceError("filter_not_supported", columns=sorted(names))


def _hidden(expression: ColumnElement[Any], kind: str) -> set[str]:
    """The names of the columns in an expression whose tables show nothing to a kind of scope."""
    columns = (each for each in visitors.iterate(expression) if isinstance(each, Column))
    hidden = (each for each in columns if isinstance(each.table, Table) and not shows(each.table, kind))
    return {column.info.get(PART_OF, column.name) for column in hidden}


def _order(statement: Select[Any], sort: str, sortable: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    keys = sort.split(",")
    order = []
    for key in keys:
        column = sortable.get(key.removeprefix("-"))
        if column is None:
            raise ServiceError("sort_not_supported", allowed=", ".join(sortable))
        order.append(_directed(column, key))
    # In the direction of the first key: then one index on (key, id) serves both directions.
    return [*order, _directed(statement.selected_columns["id"], keys[0])]


def _directed(column: ColumnElement[Any], key: str) -> ColumnElement[Any]:
    return column.desc() if key.startswith("-") else column.asc()


def equals(column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:
    """The column is `value`; no condition when the filter was not given (None)."""
    return true() if value is None else column == value


def among(column: ColumnElement[Any], values: Sequence[Any] | None) -> ColumnElement[bool]:
    """The column is one of `values`; no condition for None, no row for an empty list."""
    return true() if values is None else column.in_(values)


def matches(
    text: str | None,
    *,
    titles: Sequence[ColumnElement[str]] = (),
    numbers: Sequence[ColumnElement[str]] = (),
) -> ColumnElement[bool]:
    """One of the columns has `text` somewhere in it, upper and lower case alike, `%` and `_` meaning themselves.

    The text is cleaned for each column as what is stored there was. No condition for None. It reads every row: people,
    who are many, are found by `chassis.data.name_search`.
    """
    if text is None:
        return true()
    title, number = looking_alike(cleaning.title(text)), looking_alike(cleaning.number(text))
    found = [*(contains(column, title) for column in titles), *(contains(column, number) for column in numbers)]
    return or_(false(), *found)


def begins(column: ColumnElement[str], text: str | None) -> ColumnElement[bool]:
    """The number begins with `text`, upper and lower case alike. No condition for None.

    As ranges of the column in the order of its characters' codes, which an index of `found_by_beginning` has. Comparing
    texts is leakproof and `lower` is not: so the index is asked under row security too. Letters are spelled both ways.
    """
    if text is None:
        return true()
    beginning = cleaning.number(text)
    choices = [sorted({character, character.lower(), character.upper()}) for character in beginning]
    length = len(beginning)
    while math.prod(map(len, choices[:length])) > _MOST_SPELLINGS:
        length -= 1
    coded = collate(column, "C")
    ranges = (_between_codes(coded, "".join(spelling)) for spelling in product(*choices[:length]))
    if length == len(beginning):
        return or_(*ranges)
    return and_(or_(*ranges), func.lower(column).startswith(beginning.lower(), autoescape=True))


def _between_codes(coded: ColumnElement[str], beginning: str) -> ColumnElement[bool]:
    after = _after(beginning)
    return and_(coded >= beginning, true() if after is None else coded < after)


def _after(beginning: str) -> str | None:
    """The first text behind all that begin so; None where there is none."""
    shorter = beginning.rstrip(chr(sys.maxunicode))
    if not shorter:
        return None
    code = ord(shorter[-1]) + 1
    return shorter[:-1] + chr(_BEHIND_SURROGATES if code == _FIRST_SURROGATE else code)


def looking_alike(text: str) -> str:
    """The text with one character for those that mean the same and are stored as they were typed."""
    return text.translate(_ALIKE)


def contains(column: ColumnElement[str], plain: str) -> ColumnElement[bool]:
    """The column has `plain`, which `looking_alike` made, somewhere in it. Nothing is left of a text that is none of
    the column's kind: no row has it."""
    if not plain:
        return false()
    if others := [(other, meant) for meant in set(plain) for other in _OTHERS.get(meant, "")]:
        stored, meant = ("".join(characters) for characters in zip(*others, strict=True))
        column = func.translate(column, stored, meant)
    return column.icontains(plain, autoescape=True)


def between(column: ColumnElement[Any], lowest: Any, highest: Any) -> ColumnElement[bool]:
    """The column lies between the two, both included; None leaves an end open."""
    return and_(
        true() if lowest is None else column >= lowest,
        true() if highest is None else column <= highest,
    )


def on_days(column: ColumnElement[datetime], first: date | None, last: date | None) -> ColumnElement[bool]:
    """The instant is on a day from `first` to `last`, days of Asia/Shanghai; None leaves an end open."""
    return and_(
        true() if first is None else column >= _midnight(first),
        true() if last in (None, date.max) else column < _midnight(last + timedelta(days=1)),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
