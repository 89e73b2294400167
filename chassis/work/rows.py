"""Rows that a command is about: found, locked, entered, changed, and told of one by one.

Rows are locked in the order of their ids: of two commands about the same rows the second waits, and neither deadlocks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, String, Table, Text, Update, Uuid, cast, column, func, insert, select, update
from sqlalchemy import values as values_list

from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import Reason, refusal
from contracts.common import ReasonCount, Refusal, RowResult, RowResults
from contracts.errors import ServiceError


def lock(
    uow: UnitOfWork, table: Table, ids: Collection[UUID], *conditions: ColumnElement[bool]
) -> dict[UUID, Row[Any]]:
    """Those of the rows that the actor sees and that fit, by id, locked until the transaction ends."""
    if not ids:
        return {}
    return lock_where(uow, table, ids_in(table.c.id, ids), *conditions)


def lock_where(uow: UnitOfWork, table: Table, *conditions: ColumnElement[bool]) -> dict[UUID, Row[Any]]:
    """The rows that fit, by id, locked until the transaction ends."""
    found = uow.rows(select(table).where(*conditions).order_by(table.c.id).with_for_update())
    return {row.id: row for row in found}


def locked(uow: UnitOfWork, table: Table, id_: UUID, version: int | None = None) -> Row[Any]:
    """One row, locked. Raises ServiceError `not_found`, or `stale_version` when it is not at `version` any more."""
    row = uow.one(select(table).where(table.c.id == id_).with_for_update())
    if version is not None:
        refuse_stale(row, version)
    return row


def refuse_stale(row: Row[Any], version: int) -> None:
    """Raise ServiceError `stale_version` when somebody has changed a row that the caller saw at `version`."""
    if row.version != version:
        raise ServiceError("stale_version")


def change(uow: UnitOfWork, table: Table, before: Row[Any], action: str, values: Mapping[str, Any]) -> Row[Any]:
    """Set `values` in a locked row, audit what they changed as `action`, and return the row as it is now."""
    after = uow.one(update(table).where(table.c.id == before.id).values(**values).returning(table))
    old, new = before._mapping, after._mapping
    changed = [name for name in values if old[name] != new[name]]
    uow.audit(table, before.id, action, {n: old[n] for n in changed}, {n: new[n] for n in changed})
    return after


def change_each(
    uow: UnitOfWork,
    table: Table,
    before: Mapping[UUID, Row[Any]],
    action: str,
    values_of: Mapping[UUID, Mapping[str, Any]],
) -> dict[UUID, Row[Any]]:
    """`change` of many locked rows by one statement, each with values of its own (every row names the same columns)."""
    if not values_of:
        return {}
    after = {row.id: row for row in uow.rows(update_each(table, values_of).returning(table))}
    for id_, values in values_of.items():
        old, new = before[id_]._mapping, after[id_]._mapping
        changed = [name for name in values if old[name] != new[name]]
        uow.audit(table, id_, action, {n: old[n] for n in changed}, {n: new[n] for n in changed})
    return after


def edit(
    uow: UnitOfWork, table: Table, id_: UUID, version: int, values: Mapping[str, Any], action: str = "edit"
) -> Row[Any]:
    """Change a row that the caller saw at `version`, with its audit entry. Raises as `locked`."""
    return change(uow, table, locked(uow, table, id_, version), action, values)


def add(uow: UnitOfWork, table: Table, values: Mapping[str, Any], action: str = "add") -> Row[Any]:
    """Insert a row, with a new id where none is given, audit what was given, and return it."""
    row = uow.one(insert(table).values({"id": new_id(), **values}).returning(table))
    uow.audit(table, row.id, action, after=dict(values))
    return row


def set_each(uow: UnitOfWork, table: Table, values_of: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Set in each row values of its own, by one statement; every row names the same columns."""
    if values_of:
        uow.execute(update_each(table, values_of))


def update_each(
    table: Table, values_of: Mapping[UUID, Mapping[str, Any]], for_all: Mapping[str, Any] | None = None
) -> Update:
    """The statement of `set_each`; `for_all` are columns that become the same in every row, or the same expression.

    None is NULL also for a JSONB column, which has to be declared with `none_as_null`.
    """
    names = list(next(iter(values_of.values())))
    # A column of a VALUES list that holds only NULLs is taken for text; a cast to varchar(n) would cut in silence.
    types = {name: Text() if isinstance(table.c[name].type, String) else table.c[name].type for name in names}
    columns = (column("id", Uuid), *(column(name, type_) for name, type_ in types.items()))
    data = [(id_, *map(own.__getitem__, names)) for id_, own in values_of.items()]
    given = values_list(*columns, name="given").data(data)
    own_values = {name: cast(given.c[name], type_) for name, type_ in types.items()}
    return update(table).where(table.c.id == cast(given.c.id, Uuid)).values({**(for_all or {}), **own_values})


def refuse_unknown(uow: UnitOfWork, table: Table, ids: Collection[UUID]) -> None:
    """Raise ServiceError `some_not_found` when not every one of `ids` is a row of the table."""
    known = uow.scalar(select(func.count()).select_from(table).where(ids_in(table.c.id, ids)))
    if known < len(ids):
        raise ServiceError("some_not_found", count=len(ids) - known)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing was done with a row, and the state that it is in; None where the actor sees no such row."""

    state: str | None
    reason: Reason


def results(
    uow: UnitOfWork, ids: Iterable[UUID], done: Mapping[UUID, str], refused: Mapping[UUID, Refused]
) -> RowResults:
    """One result a row, in the order asked; `done` tells the state now of what was carried out. A row of which neither
    tells was not found."""
    unseen = Refused(None, Reason("not_found"))

    def result(id_: UUID) -> RowResult:
        if id_ in done:
            return RowResult(id=id_, state=done[id_])
        why = refused.get(id_, unseen)
        return RowResult(id=id_, state=why.state, refusal=refusal(why.reason, uow.context.language))

    items = tuple(map(result, ids))
    return RowResults(items=items, done=len(done), reasons=counted(item.refusal for item in items))


def counted(refused: Iterable[Refusal | None]) -> tuple[ReasonCount, ...]:
    """How many rows were refused for which reason, the commonest first."""
    by_code: dict[str, list[Refusal]] = defaultdict(list)
    for each in filter(None, refused):
        by_code[each.code].append(each)
    found = sorted(by_code.items(), key=lambda one: (-len(one[1]), one[0]))
    return tuple(ReasonCount(code=code, count=len(all_), message=all_[0].message) for code, all_ in found)
