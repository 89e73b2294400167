"""How indexes serve a list: their first columns, and what they leave to be looked at."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Index, Select, Table
from sqlalchemy.sql import visitors

from chassis.data.list_places import Values, number_of
from chassis.data.list_wanted import Domain, Wanted


@dataclass(frozen=True, slots=True)
class Plan:
    """How an index serves a list: its first columns, the conditions that it leaves to be looked at row by row, whether
    its rows are those of the list without a further look, and whether the actor's stand among others'."""

    first: tuple[str, ...]
    left: frozenset[str]
    whole: bool
    among_others: bool

    def values(self, wanted: Wanted) -> Values:
        """The values of each of the first columns."""
        known, domains = wanted.known, wanted.domains
        return {name: known[name] if name in known else _listed(domains[name]) for name in self.first}

    def places(self, wanted: Wanted) -> int:
        """How many places of the index have to be looked up."""
        return number_of(self.values(wanted))

    def asks(self, wanted: Wanted) -> int:
        """For the values of how many columns one would have to ask."""
        return sum(name not in wanted.known and callable(wanted.domains[name]) for name in self.first)

    def cost(self, wanted: Wanted) -> tuple[bool, int, int, int, tuple[str, ...]]:
        """The less, the better: others' rows, conditions left, columns to ask for, and places to look up without them;
        then always the same one."""
        here = (wanted.known.get(name, wanted.domains.get(name, ())) for name in self.first)
        places = math.prod(len(each) for each in here if not callable(each))
        return self.among_others, len(self.left), self.asks(wanted), places, self.first


def plans(wanted: Wanted) -> Iterator[Plan]:
    """What the table's indexes do for the wanted order: of those whose first columns have values that can be listed."""
    order, id_ = wanted.order.column, wanted.id
    if not isinstance(order, Column) or order.table is not wanted.table or not isinstance(id_, Column):
        return
    for index in wanted.table.indexes:
        first = _first_columns(index, order.name, id_.name)
        if first is None or not all(_listable(wanted, name) for name in first):
            continue
        served = {*first, order.name}
        conditions = wanted.conditions.items()
        left = frozenset(name for name, each in conditions if not _looks_at_only(each, wanted.table, served))
        # Rows that the actor does not see are left out by row security, wherever they stand.
        among_others = wanted.bound is not None and wanted.bound not in first
        yield Plan(first, left, not (left or wanted.joined or among_others), among_others)


def _listable(wanted: Wanted, name: str) -> bool:
    """Whether the values of a column can be listed; those of one that may be empty can't."""
    return name in wanted.known or (name in wanted.domains and not wanted.table.c[name].nullable)


def _listed(domain: Domain) -> Sequence[Any]:
    return domain() if callable(domain) else domain


def _first_columns(index: Index, order: str, id_: str) -> tuple[str, ...] | None:
    """What an index has before the order and the id; None where it does not end so, or leaves rows out."""
    names = tuple(getattr(each, "name", None) for each in index.expressions)
    whole = index.dialect_options["postgresql"].get("where") is None
    return names[:-2] if whole and names[-2:] == (order, id_) else None  # type: ignore[return-value]


def _looks_at_only(condition: ColumnElement[bool], table: Table, names: Collection[str]) -> bool:
    parts = list(visitors.iterate(condition))
    columns = [each for each in parts if isinstance(each, Column)]
    return not any(isinstance(each, Select) for each in parts) and all(
        each.table is table and each.name in names for each in columns
    )
