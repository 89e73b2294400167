"""The filters that lists share, and how a row becomes a view."""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby, product
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Date, Row, and_, cast, collate, false, func, not_, or_, true

from chassis.base.clock import SHANGHAI
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
"""Of the beginning of a number that are looked up in an index one by one: four letters have as many."""
_FIRST_SURROGATE, _BEHIND_SURROGATES = 0xD800, 0xE000


PART_OF = "part of"
"""In a column's `info`: the name of the column of which it holds parts, as which people know it."""


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


def day_of(column: ColumnElement[datetime]) -> ColumnElement[date]:
    """The day in Asia/Shanghai on which the instant is."""
    return cast(func.timezone(SHANGHAI.key, column), Date)


def open_now(
    published: ColumnElement[bool], opens_at: ColumnElement[datetime], closes_at: ColumnElement[datetime]
) -> Callable[[bool, Any], ColumnElement[bool]]:
    """The filter of rounds that are open, or are not: `published`, and inside the window."""

    def find(wanted: bool, uow: Any) -> ColumnElement[bool]:
        is_open = and_(published, opens_at <= uow.now, closes_at > uow.now)
        return is_open if wanted else not_(is_open)

    return find


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
