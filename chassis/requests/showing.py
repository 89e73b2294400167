"""What people see of a kind of request: its list, one request with history and files, and counts by state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, update

from chassis.data.lists import Filter, Listing
from chassis.data.pages import on_days
from chassis.data.unit_of_work import UnitOfWork
from chassis.data.whole_lists import Reader
from chassis.declaring.service import Handler, of_contract
from chassis.requests.attachments import attached, attachment
from chassis.requests.handling import demand, field_of_one
from chassis.requests.kinds import RequestKind
from chassis.work.rows import locked
from chassis.work.steps import history_of
from contracts.base import Operation, PageQuery, View
from contracts.errors import ServiceError
from contracts.requests import StateCount, StateCounts
from contracts.types import FileReference


@dataclass(frozen=True, slots=True)
class Shown:
    """How a kind is shown. `rows` is what is read, the table unless more is joined; `fields` are what views show beside
    its columns, row by row; `searched` is what a search finds, `sortable` what else a list is sorted by.
    """

    kind: RequestKind
    rows: Callable[[], Select[Any]] | None = None
    fields: Callable[[UnitOfWork, Sequence[Row[Any]]], Iterable[Mapping[str, Any]]] | None = None
    searched: Callable[[str | None], ColumnElement[bool]] | None = None
    sortable: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)

    def select(self) -> Select[Any]:
        """Its rows."""
        return select(self.kind.table) if self.rows is None else self.rows()

    def described(self, uow: UnitOfWork, rows: Sequence[Row[Any]]) -> Iterable[dict[str, Any]]:
        """What views are made of, row by row."""
        if self.fields is None:
            return (dict(row._mapping) for row in rows)
        return ({**row._mapping, **more} for row, more in zip(rows, self.fields(uow, rows), strict=True))

    def filters(self) -> dict[str, Filter]:
        """What a query's fields find: those that are columns of it, the days from `requested_from` to `requested_to`,
        and `search`."""
        columns, requested_at = self.select().selected_columns, self.kind.table.c.requested_at
        filters: dict[str, Filter] = {name: partial(_equals, column) for name, column in columns.items()}
        filters["requested_from"] = lambda day, uow: on_days(requested_at, day, None)
        filters["requested_to"] = lambda day, uow: on_days(requested_at, None, day)
        if self.searched is not None:
            searched = self.searched
            filters["search"] = lambda text, uow: searched(text)
        return filters

    def found(self, query: Any, uow: UnitOfWork) -> Select[Any]:
        """The rows that a query's fields leave."""
        given = ((name, find, getattr(query, name, None)) for name, find in self.filters().items())
        return self.select().where(*(find(value, uow) for _, find, value in given if value is not None))

    def demand_filters(self, query: type[Operation]) -> None:
        """Raise TypeError where a query has a filter that finds nothing: it would show more than was asked for."""
        if unknown := query.model_fields.keys() - self.filters().keys() - PageQuery.model_fields.keys():
            raise TypeError(f"{query.__name__} filters by {', '.join(sorted(unknown))}, which no row has")

    def page(self, uow: UnitOfWork, id_: UUID, answers: type[View]) -> View:
        """One request with its history and attachments. Raises ServiceError `not_found`."""
        row = uow.one(self.select().where(self.kind.table.c.id == id_))
        [described] = self.described(uow, [row])
        taken, files = history_of(uow, id_, self.kind.flow), attached(uow, id_)
        return answers.model_validate({**described, "history": taken, "attachments": files})


def listing(shown: Shown, contract: type[PageQuery]) -> Handler:
    """Answers a page of what its filters leave."""
    shown.demand_filters(contract)
    [row_view] = contract.answers.__pydantic_generic_metadata__["args"]
    table = shown.kind.table
    listed = Listing[Any](
        contract,
        table,
        shown=shown.select,
        views=lambda uow, rows: map(row_view.model_validate, shown.described(uow, rows)),
        filters={name: find for name, find in shown.filters().items() if name not in table.c},
        sorts=shown.sortable,
        few=frozenset({"student_id"}),
    )
    return of_contract(contract, lambda query, uow: listed.page(query, uow))


def counting(shown: Shown, contract: type[Operation]) -> Handler:
    """Counts by state what the list would show."""
    shown.demand_filters(contract)

    def handler(query: Any, uow: UnitOfWork) -> StateCounts:
        flow = shown.kind.flow
        state = shown.found(query, uow).subquery().c[flow.column]
        counted = uow.rows(select(state.label("state"), func.count().label("number")).group_by(state))
        numbers = {row.state: row.number for row in counted}
        items = tuple(StateCount(state=each, count=numbers.get(each, 0)) for each in flow.states)
        return StateCounts(items=items, total=sum(numbers.values()))

    return of_contract(contract, handler)


def page(shown: Shown, contract: type[Operation]) -> Handler:
    """Answers one request with its history and attachments."""
    demand(contract.answers, "history")
    one = field_of_one(contract)
    return of_contract(contract, lambda query, uow: shown.page(uow, getattr(query, one), contract.answers))


def attachment_of(shown: Shown, contract: type[Operation]) -> Handler:
    """Answers one attachment (`file_id`) of a request that the actor sees."""
    demand(contract, "file_id")
    one, table = field_of_one(contract), shown.kind.table

    def handler(query: Any, uow: UnitOfWork) -> FileReference:
        row = uow.one(select(table.c.id).where(table.c.id == getattr(query, one)))
        return attachment(uow, row.id, query.file_id)

    return of_contract(contract, handler)


def attaching(shown: Shown, contract: type[Operation]) -> Handler:
    """Adds `attachments` to a request of the caller's own, at the `version` that they saw, while a decision about it is
    still to be taken: nobody adds to what they decide about. The first of two deciders looked at what was there."""
    one, kind = field_of_one(contract), shown.kind
    demand(contract, "version", "attachments")
    demand(contract.answers, "history", "attachments")
    if kind.attachments is None:
        raise TypeError(f"{contract.__name__} adds files, and {kind.table.name} take none")

    def handler(command: Any, uow: UnitOfWork) -> View:
        row = locked(uow, kind.table, getattr(command, one), command.version)
        if row._mapping[kind.entered_by] != uow.acting_user:
            raise ServiceError("not_own_request")
        if not kind.is_undecided(row):
            state, flow = kind.state_of(row), kind.flow.name
            raise ServiceError("step_not_allowed", workflow=flow, state=state, action="attach")
        kind.attach(uow, [row], command.attachments, there=len(attached(uow, row.id)))
        # Whoever decides about what they saw at a version has not seen these files.
        uow.execute(update(kind.table).where(kind.table.c.id == row.id).values(updated_at=uow.now))
        uow.audit(kind.table, row.id, "attach", after={"files": [each.sha256 for each in command.attachments]})
        return shown.page(uow, row.id, contract.answers)

    return of_contract(contract, handler)


def _equals(column: ColumnElement[Any], value: Any, uow: Reader) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column == value
    return found
