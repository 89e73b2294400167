"""Commands and queries of a kind of request, for the table of a service.

    class Library(Service):
        ask_for_leave = command(entering(LEAVES, AskForLeave, against_leave))
        approve_leaves = command(deciding(LEAVES, ApproveLeaves, "approve"))
        add_leave_files = command(attaching(LEAVES, AddLeaveFiles))
        get_leave = query(showing(LEAVES, GetLeave))
        list_leaves = query(listing(LEAVES, ListLeaves))
        count_leaves = query(counting(LEAVES, CountLeaves))
        get_leave_file = query(giving(LEAVES, GetLeaveFile))

A contract about one request names it in its first field, one about many in the field that ends in `_ids`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select

from chassis.data.pages import equals, on_days, page_of
from chassis.data.unit_of_work import UnitOfWork
from chassis.requests.attachments import attached, attachment
from chassis.requests.kinds import Entered, RequestKind, Rule
from chassis.work.reasons import refusals
from chassis.work.rows import counted, locked
from chassis.work.steps import history_of
from contracts.base import Operation, Page, View
from contracts.common import RowResults
from contracts.errors import ServiceError
from contracts.requests import RequestResult, RequestResults, StateCount, StateCounts
from contracts.types import FileReference

Handler = Callable[[Any, UnitOfWork], Any]
Fields = Callable[[UnitOfWork, Sequence[Row[Any]]], Iterable[dict[str, Any]]]
"""What views show of rows beside their columns, row by row."""
Searched = Callable[[str | None], ColumnElement[bool]]


def entering(kind: RequestKind, contract: type[Operation], rule: Rule) -> Handler:
    """Asks; the field that is called as the subject with an s says about what."""

    def handler(command: Any, uow: UnitOfWork) -> RequestResults:
        ids = getattr(command, f"{kind.subject}s")
        return _results(uow, kind, ids, kind.enter(uow, ids, command, rule))

    return _of(contract, handler)


def deciding(kind: RequestKind, contract: type[Operation], action: str) -> Handler:
    """Takes a step with many requests."""
    [ids_field] = (name for name in contract.model_fields if name.endswith("_ids"))

    def handler(command: Any, uow: UnitOfWork) -> RowResults:
        ids = getattr(command, ids_field)
        return kind.decide(uow, ids, action, getattr(command, "note", None)).results(uow, ids)

    return _of(contract, handler)


def attaching(kind: RequestKind, contract: type[Operation], fields: Fields | None = None) -> Handler:
    """Adds `attachments` to one request that is open, at the `version` that the caller saw."""
    one = _one(contract)

    def handler(command: Any, uow: UnitOfWork) -> View:
        row = locked(uow, kind.table, getattr(command, one), command.version)
        if kind.state_of(row) not in kind.open_states:
            raise ServiceError("step_not_allowed", workflow=kind.flow.name, state=kind.state_of(row), action="attach")
        kind.attach(uow, [row], command.attachments, there=len(attached(uow, row.id)))
        uow.audit(kind.table, row.id, "attach", after={"files": [each.name for each in command.attachments]})
        return _page(uow, kind, row.id, contract.answers, fields)

    return _of(contract, handler)


def giving(kind: RequestKind, contract: type[Operation]) -> Handler:
    """Answers one attachment (`file_id`) of a request that the actor sees."""
    one = _one(contract)

    def handler(query: Any, uow: UnitOfWork) -> FileReference:
        row = uow.one(select(kind.table.c.id).where(kind.table.c.id == getattr(query, one)))
        return attachment(uow, row.id, query.file_id)

    return _of(contract, handler)


def showing(kind: RequestKind, contract: type[Operation], fields: Fields | None = None) -> Handler:
    """Answers one request with its history and attachments."""
    one = _one(contract)

    def handler(query: Any, uow: UnitOfWork) -> View:
        return _page(uow, kind, getattr(query, one), contract.answers, fields)

    return _of(contract, handler)


def listing(
    kind: RequestKind,
    contract: type[Operation],
    fields: Fields | None = None,
    *,
    searched: Searched | None = None,
    sortable: dict[str, ColumnElement[Any]] | None = None,
) -> Handler:
    """Answers a page, the oldest first unless told. Its fields that are columns filter; so do the days from
    `requested_from` to `requested_to`, and `search` by what `searched` makes of it."""
    [row_view] = contract.answers.__pydantic_generic_metadata__["args"]
    keys = {"requested_at": kind.table.c.requested_at, **(sortable or {})}

    def handler(query: Any, uow: UnitOfWork) -> Page[Any]:
        def views(rows: Sequence[Row[Any]]) -> Iterable[View]:
            return (row_view.model_validate(each) for each in _described(uow, rows, fields))

        found = _found(kind, query, searched)
        return page_of(row_view, uow, found, query, sortable=keys, default="requested_at", views=views)

    return _of(contract, handler)


def counting(kind: RequestKind, contract: type[Operation], *, searched: Searched | None = None) -> Handler:
    """Counts by state what the list would show."""

    def handler(query: Any, uow: UnitOfWork) -> StateCounts:
        found = _found(kind, query, searched).subquery()
        state = found.c[kind.flow.column]
        counts = {row.state: row.number for row in uow.rows(_by_state(state))}
        items = tuple(StateCount(state=each, count=counts.get(each, 0)) for each in kind.flow.states)
        return StateCounts(items=items, total=sum(counts.values()))

    return _of(contract, handler)


def _results(uow: UnitOfWork, kind: RequestKind, ids: Sequence[UUID], entered: Entered) -> RequestResults:
    def result(id_: UUID) -> RequestResult:
        if (made := entered.made.get(id_)) is not None:
            return RequestResult(subject_id=id_, request_id=made.id, state=kind.state_of(made))
        return RequestResult(subject_id=id_, refusals=refusals([entered.refused[id_]], uow.context.language))

    items = tuple(map(result, ids))
    reasons = counted(refusal for item in items for refusal in item.refusals)
    return RequestResults(items=items, done=len(entered.made), reasons=reasons)


def _found(kind: RequestKind, query: Any, searched: Searched | None) -> Select[Any]:
    """The rows that the query's fields leave."""
    named = [name for name in type(query).model_fields if name in kind.table.c]
    first, last = getattr(query, "requested_from", None), getattr(query, "requested_to", None)
    conditions = [equals(kind.table.c[name], getattr(query, name)) for name in named]
    if searched is not None:
        conditions.append(searched(query.search))
    return kind.select().where(*conditions, on_days(kind.table.c.requested_at, first, last))


def _by_state(state: ColumnElement[Any]) -> Select[Any]:
    return select(state.label("state"), func.count().label("number")).group_by(state)


def _page(uow: UnitOfWork, kind: RequestKind, id_: UUID, answers: type[View], fields: Fields | None) -> View:
    row = uow.one(kind.select().where(kind.table.c.id == id_))
    [described] = _described(uow, [row], fields)
    taken, files = history_of(uow, id_, kind.flow), attached(uow, id_)
    return answers.model_validate({**described, "history": taken, "attachments": files})


def _described(uow: UnitOfWork, rows: Sequence[Row[Any]], fields: Fields | None) -> Iterable[dict[str, Any]]:
    if fields is None:
        return (dict(row._mapping) for row in rows)
    return ({**row._mapping, **more} for row, more in zip(rows, fields(uow, rows), strict=True))


def _one(contract: type[Operation]) -> str:
    return next(iter(contract.model_fields))


def _of(contract: type[Operation], handler: Handler) -> Handler:
    """The handler of this contract: a service's table reads that from annotations."""
    handler.__annotations__ = {next(iter(handler.__annotations__)): contract, "uow": UnitOfWork}
    handler.__annotations__["return"] = contract.answers
    handler.__doc__ = contract.__doc__
    return handler
