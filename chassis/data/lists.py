"""Lists: declared beside their query, and as quick over millions of rows as over a few.

    BILLS = Listing[BillView](
        ListBills, bills, filters={"search": lambda text, uow: named(bills.c.student_id, text)}, views=bill_views
    )

    def list_bills(query: ListBills, uow: UnitOfWork) -> Page[BillView]:
        return BILLS.page(query, uow)

A filter finds the column of its name, or the group of rows (`chassis.data.groups`) with such a column; `filters` say
what the others find. How a page is found is not declared: it comes of the table's indexes (`chassis.data.list_ways`).

What is sorted and filtered by is what the caller may see: columns of a table whose row scope shows their kind of scope
nothing (`chassis.data.row_scope`) are refused to them, wherever a list joins them. A list would else be ordered by
emptiness, or, where such names are read by the system, tell what it hides by who is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property
from typing import Any, Generic, TypeVar, get_args
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Join, Row, ScalarSelect, Select, SelectBase, Table, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import visitors

from chassis.data.groups import grouping_of
from chassis.data.list_wanted import PAGED, Domain, Found, Order, Wanted
from chassis.data.list_ways import all_values, find, position_of
from chassis.data.pages import as_view
from chassis.data.row_scope import hidden_in, shows, table_scope
from chassis.data.whole_lists import Reader
from contracts.base import Page, PageQuery, View
from contracts.errors import ServiceError
from contracts.examples import example_of_field

Filter = Callable[[Any, Reader], ColumnElement[bool]]
"""What a filter finds by its value."""
SomeView = TypeVar("SomeView", bound=View)


@dataclass(frozen=True)
class Listing(Generic[SomeView]):
    """A list of the rows of `table`, as its contract asks for them.

    `shown` selects what is read of a row, the table's own columns unless told otherwise, and joins what is shown
    beside them: an outer join, unless a row is to be left out without it, which takes its time; `views` makes views
    of rows, by default of the columns of their names. `sorts` are the keys of the contract that are no columns of
    the table. `always` is true of every row of the list, for everybody or by who asks. `few` are filters that never
    leave many rows: a student's, a slip's. `listed` are columns that have dozens of values among all rows, as rounds,
    and the columns in which these are found. `most` says that nobody has more rows than so many
    in it, which are sorted then however many are found. `key` identifies a row.
    """

    contract: type[PageQuery]
    table: Table
    shown: Callable[[], Select[Any]] | None = None
    views: Callable[[Any, Sequence[Row[Any]]], Iterable[SomeView]] | None = None
    filters: Mapping[str, Filter] = field(default_factory=dict)
    sorts: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    always: ColumnElement[bool] | Callable[[Any], ColumnElement[bool]] | None = None
    few: frozenset[str] = frozenset()
    listed: Mapping[str, Column[Any]] = field(default_factory=dict)
    most: int | None = None
    key: ColumnElement[Any] | None = None

    def __post_init__(self) -> None:
        groups = self._group_columns()
        columns = set(self.table.c.keys())
        nothing = set(self.contract.filters()) - columns - {*self.filters, *groups}
        nothing |= set(self.contract.sort_keys()) - columns - self.sorts.keys()
        if nothing:
            raise TypeError(f"{self.contract.__name__} asks for {', '.join(sorted(nothing))}, which no row has")

    @property
    def view(self) -> type[SomeView]:
        """The view of a row."""
        [view] = self.contract.answers.__pydantic_generic_metadata__["args"]
        return view  # type: ignore[no-any-return]

    @property
    def id(self) -> ColumnElement[Any]:
        """What identifies a row, and decides between those that are alike."""
        return self.table.c.id if self.key is None else self.key

    def page(self, query: PageQuery, uow: Reader) -> Page[SomeView]:
        """The page asked for. Where a `whole_list` is wanted it is empty, and what it would be made of is left there.

        Raises ServiceError `sort_not_supported` for a key that the list has not or that is hidden from the actor,
        `filter_not_supported` for a condition on what is hidden from the actor, `page_too_far` beyond the 10,000th row,
        `narrow_the_list` for what is combined and finds too many rows.
        """
        wanted = self._wanted(query, uow)
        if uow.whole_list is not None:
            uow.whole_list.statement = self._whole(wanted)
            uow.whole_list.views = lambda rows: self._viewed(uow, rows)
            return self._page(query, (), 0)
        if wanted.offset > PAGED:
            raise ServiceError("page_too_far", limit=PAGED)
        if query.after is not None:
            wanted.behind = position_of(uow, wanted, query.after)
        found = find(uow, wanted)
        return self._page(query, self._read(uow, found.ids), found.total, found)

    def _page(
        self, query: PageQuery, rows: Iterable[SomeView], total: int, found: Found | None = None
    ) -> Page[SomeView]:
        more = found is not None and found.more and isinstance(found.ids[-1], UUID)
        return Page[self.view](  # type: ignore[name-defined]
            items=tuple(rows),
            page=query.page,
            size=query.size,
            total=total,
            about=found is not None and found.about,
            next_after=found.ids[-1] if found is not None and more else None,
        )

    def _read(self, uow: Reader, ids: Sequence[Any]) -> Iterable[SomeView]:
        if not ids:
            return ()
        statement = self._rows.where(self.id == any_(literal(list(ids), ARRAY(self.id.type))))
        rows = {row.id: row for row in uow.rows(statement)}
        return self._viewed(uow, [rows[id_] for id_ in ids if id_ in rows])

    def _viewed(self, uow: Reader, rows: Sequence[Row[Any]]) -> Iterable[SomeView]:
        if self.views is None:
            return (as_view(self.view, row) for row in rows)
        return self.views(uow, rows)

    @cached_property
    def _rows(self) -> Select[Any]:
        """What is read of the rows. It is put together once: that takes longer than finding a statement made of it."""
        return select(self.table) if self.shown is None else self.shown()

    def _whole(self, wanted: Wanted) -> Select[Any]:
        return self._rows.where(*wanted.all_conditions).order_by(*wanted.order.by(wanted.id, wanted.order.column))

    @cached_property
    def _joined(self) -> bool:
        """Whether a row of the table may be left out for what is joined to it."""
        joins = (
            each for start in self._rows.get_final_froms() for each in visitors.iterate(start) if isinstance(each, Join)
        )
        return any(not each.isouter for each in joins)

    # -- what a query asks for ----------------------------------------------------------------------------------------

    def _wanted(self, query: PageQuery, uow: Reader) -> Wanted:
        scope = uow.context.scope
        given = {name: value for name in self.contract.filters() if (value := getattr(query, name)) is not None}
        conditions, known = self._conditions(given, uow)
        if names := self._hidden_filters(given, conditions, scope.kind):
            raise ServiceError("filter_not_supported", columns=sorted(names))
        bound = self._bound_to(uow)
        if bound is not None:
            seen = (uow.acting_user,) if scope.kind == "own" else scope.ids
            known[bound] = [each for each in known.get(bound, seen) if each in seen]
        return Wanted(
            table=self.table,
            id=self.id,
            found=self._found,
            conditions=conditions,
            always=self.always(uow) if callable(self.always) else self.always,
            known=known,
            domains=self._domains(uow),
            bound=bound,
            joined=self._joined,
            few=self.most is not None or scope.kind in ("student", "own") or not self.few.isdisjoint(given),
            promised=(query.sort or self.contract.order).removeprefix("-") == self.contract.sort_keys()[0]
            and frozenset(given) in self.contract.promised(scope.kind),
            most=self.most or PAGED,
            alone=lambda: self._alone(uow),
            order=self._order(query, scope.kind),
            offset=0 if query.after else (query.page - 1) * query.size,
            size=query.size,
        )

    def _conditions(
        self, given: Mapping[str, Any], uow: Reader
    ) -> tuple[dict[str, ColumnElement[bool]], dict[str, Sequence[Any]]]:
        """The condition of each filter that is given, and the values that columns can have then."""
        conditions: dict[str, ColumnElement[bool]] = {}
        known: dict[str, Sequence[Any]] = {}
        of_group: dict[str, Any] = {}
        for name, value in given.items():
            if name in self.filters:
                conditions[name] = self.filters[name](value, uow)
            elif name in self._group_columns():  # also where the row has the column: an index has its group
                of_group[name] = value
            else:
                conditions[name] = self.table.c[name] == value
                known[name] = (value,)
        if of_group:
            key, numbers = self._groups(of_group, uow)
            conditions[key] = self.table.c[key] == any_(literal(numbers, ARRAY(self.table.c[key].type)))
            known[key] = numbers
        return conditions, known

    def _hidden_filters(
        self, given: Iterable[str], conditions: Mapping[str, ColumnElement[bool]], kind: str
    ) -> set[str]:
        """What is looked at that shows the actor nothing. A group tells what the table tells that is grouped by it."""
        hidden = set[str]().union(*(hidden_in(condition, kind) for condition in conditions.values()))
        grouping = grouping_of(self.table)
        if grouping is not None and not shows(grouping.table, kind):
            hidden |= set(given) & set(grouping.by) - self.filters.keys()
        return hidden

    def _alone(self, uow: Reader) -> list[str]:
        """The filters that the list is promised to be quick by, each alone, of those that hide nothing from the actor:
        by examples, as what a filter looks at is known of a condition."""
        kind, alone = uow.context.scope.kind, []
        for [name] in (names for names in self.contract.promised(kind) if len(names) == 1):
            value = example_of_field(self.contract, name)
            conditions = {name: self.filters[name](value, uow)} if name in self.filters else {}
            if not self._hidden_filters([name], conditions, kind):
                alone.append(name)
        return alone

    def _group_columns(self) -> Sequence[str]:
        grouping = grouping_of(self.table)
        return () if grouping is None else grouping.by

    def _groups(self, wanted: Mapping[str, Any], uow: Reader) -> tuple[str, list[int]]:
        grouping = grouping_of(self.table)
        assert grouping is not None  # `__post_init__` knows each filter
        groups = grouping.groups
        rows = uow.rows(select(groups.c.id).where(*(groups.c[name] == value for name, value in wanted.items())))
        return grouping.key, [row.id for row in rows]

    def _domains(self, uow: Reader) -> dict[str, Domain]:
        """All values that a column can have, where these are few: states, teaching points, and groups."""
        fields = self.contract.model_fields
        domains: dict[str, Domain] = {}
        for name in self.contract.filters():
            if name in self.table.c and (states := _states(fields[name].annotation)):
                domains[name] = states
        if point := self._scope_columns().get("point"):
            domains[point] = cache(lambda: uow.scalars(all_values(self.table.c[point])))
        for name, values in self.listed.items():
            domains[name] = cache(lambda values=values: uow.scalars(select(values)))
        if grouping := grouping_of(self.table):
            domains[grouping.key] = cache(lambda: (0, *self._groups({}, uow)[1]))
        return domains

    def _found(self, *columns: ColumnElement[Any], conditions: Iterable[ColumnElement[bool]] = ()) -> Select[Any]:
        """Some columns of the rows, of the table alone where these and the conditions look at nothing else."""
        conditions = list(conditions)
        beyond = (_beyond(each, self.table) for each in (*columns, *conditions))
        if self.shown is None or not (self._joined or any(beyond)):
            return select(*columns).select_from(self.table).where(*conditions)
        return self._rows.with_only_columns(*columns, maintain_column_froms=True).where(*conditions)

    def _order(self, query: PageQuery, kind: str) -> Order:
        asked = query.sort or self.contract.order
        columns = {
            key: self.sorts[key] if key in self.sorts else self.table.c[key] for key in self.contract.sort_keys()
        }
        allowed = {key: column for key, column in columns.items() if not hidden_in(column, kind)}
        column = allowed.get(asked.removeprefix("-"))
        if column is None:
            raise ServiceError("sort_not_supported", allowed=", ".join(allowed))
        # What is joined beside a row may not be there.
        filled = isinstance(column, Column) and column.table is self.table and not column.nullable
        return Order(column, descending=asked.startswith("-"), may_be_empty=not filled)

    def _bound_to(self, uow: Reader) -> str | None:
        """The column that the actor's scope is compared with."""
        return self._scope_columns().get(uow.context.scope.kind)

    def _scope_columns(self) -> Mapping[str, str]:
        try:
            return table_scope(self.table).columns
        except LookupError:
            return {}


def _states(annotation: Any) -> tuple[str, ...]:
    """The members of the StrEnum that a filter takes."""
    for each in (annotation, *get_args(annotation)):
        if isinstance(each, type) and issubclass(each, StrEnum):
            return tuple(each)
    return ()


def _beyond(expression: ColumnElement[Any], table: Table) -> bool:
    """Whether an expression looks at another table than this; what a subquery looks at is its own."""
    parts: list[Any] = [expression]
    while parts:
        part = parts.pop()
        if isinstance(part, Column) and part.table is not table:
            return True
        if not isinstance(part, SelectBase | ScalarSelect):
            parts.extend(part.get_children())
    return False
