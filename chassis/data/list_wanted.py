"""What one request wants of a list, and what is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, and_, literal, or_, true, tuple_

PAGED: Final = 10_000
"""Rows up to which pages have numbers, sets are sorted by whatever is wished, and totals are exact."""

Behind = Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[bool]]
"""That a row, given by its key and id, comes after another."""


Domain = Sequence[Any] | Callable[[], Sequence[Any]]
"""All values that a column can have, or who has to be asked for them."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by; its id decides in the same direction, so that one index serves both directions."""

    column: ColumnElement[Any]
    descending: bool
    may_be_empty: bool

    def by(self, id_: ColumnElement[Any], column: ColumnElement[Any]) -> list[ColumnElement[Any]]:
        """The ORDER BY, over a column and an id."""
        return [key.desc() if self.descending else key.asc() for key in (column, id_)]

    def behind(self, key: Any, id_: Any) -> Behind:
        """Whether a row comes after the one with this key and id. Empty keys are the greatest, as PostgreSQL has it."""

        def condition(column: ColumnElement[Any], id_column: ColumnElement[Any]) -> ColumnElement[bool]:
            if not self.may_be_empty:
                here, there = tuple_(column, id_column), tuple_(literal(key, column.type), literal(id_, id_column.type))
                return here < there if self.descending else here > there
            same = column.is_not_distinct_from(literal(key, column.type))
            further = id_column < id_ if self.descending else id_column > id_
            if key is None:
                beyond = column.is_not(None) if self.descending else ~true()
            else:
                beyond = column < key if self.descending else or_(column > key, column.is_(None))
            return or_(beyond, and_(same, further))

        return condition


@dataclass(slots=True)
class Wanted:
    """What one request wants of a list.

    `found` selects columns of the rows that conditions leave. `known` are the values that columns have by a filter or
    by the actor's scope, `domains` all that others can have; `bound` is the scope's column; `joined` says that
    `found` leaves out rows of the table. `few` says that the
    conditions leave few rows for certain, `most` how many are gathered;
    `promised` says that the contract promises to be quick by them, `alone` tells by which filters the actor may ask
    instead, each alone, however long the list is.
    """

    table: Table
    id: ColumnElement[Any]
    found: Callable[..., Select[Any]]
    conditions: Mapping[str, ColumnElement[bool]]
    always: ColumnElement[bool] | None
    known: Mapping[str, Sequence[Any]]
    domains: Mapping[str, Domain]
    bound: str | None
    joined: bool
    few: bool
    promised: bool
    most: int
    alone: Callable[[], Sequence[str]]
    order: Order
    offset: int
    size: int
    behind: Behind | None = None

    @property
    def needed(self) -> int:
        """Rows up to the page's end, and one more, which tells whether there are more."""
        return self.offset + self.size + 1

    @property
    def all_conditions(self) -> list[ColumnElement[bool]]:
        """All that is true of the rows of the list."""
        return [*([] if self.always is None else [self.always]), *self.conditions.values()]


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of a page in their order, whether there are `more` behind it, and how many rows there are in all."""

    ids: Sequence[Any]
    more: bool
    total: int
    about: bool = False
