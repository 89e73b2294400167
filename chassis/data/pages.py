"""The filters that lists share, and how a row becomes a view."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby, product
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, and_, false, func, or_, true

from chassis.base.clock import SHANGHAI
from chassis.data.columns import is_found_by_part
from contracts.base import Contract, View
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
"""Of a text that are looked up in an index one by one; without one, reading a column once is quicker."""
_INDEXED_FROM = 3
"""Characters that such an index (`chassis.data.columns.found_by_part`) can look up."""


def as_view(view: type[SomeContract], row: Row[Any], **more: Any) -> SomeContract:
    """A row, and what else the view shows, as the contract's view."""
    return view.model_validate({**row._mapping, **more})


def equals(column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:
    """The column is `value`; no condition when the filter was not given (None)."""
    return true() if value is None else column == value


def among(column: ColumnElement[Any], values: Sequence[Any] | None) -> ColumnElement[bool]:
    """The column is one of `values`; no condition for None, no row for an empty list."""
    return true() if values is None else column.in_(values)


def matches(
    text: str | None,
    *,
    people: Sequence[ColumnElement[str]] = (),
    titles: Sequence[ColumnElement[str]] = (),
    numbers: Sequence[ColumnElement[str]] = (),
) -> ColumnElement[bool]:
    """One of the columns has `text` somewhere in it, upper and lower case alike, `%` and `_` meaning themselves.

    The text is cleaned for each column as what is stored there was. No condition for None.
    """
    if text is None:
        return true()
    kinds = (people, cleaning.part_of_person_name), (titles, cleaning.title), (numbers, cleaning.number)
    return or_(false(), *(_contains(column, clean(text)) for columns, clean in kinds for column in columns))


def begins(column: ColumnElement[str], text: str | None) -> ColumnElement[bool]:
    """The number begins with `text`, upper and lower case alike. No condition for None."""
    if text is None:
        return true()
    # In small letters, as the index has them: ILIKE would pass it by.
    return func.lower(column).startswith(cleaning.number(text).lower(), autoescape=True)


def _contains(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Nothing is left of a text that is none of the column's kind: no row has it."""
    plain = text.translate(_ALIKE)
    if not plain:
        return false()
    if len(plain) >= _INDEXED_FROM and is_found_by_part(column):
        choices = [character + _OTHERS.get(character, "") for character in plain]
        if math.prod(map(len, choices)) <= _MOST_SPELLINGS:
            return or_(*(column.icontains("".join(spelling), autoescape=True) for spelling in product(*choices)))
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
