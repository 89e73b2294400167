"""Changing one row that the caller has seen: lock, compare versions, change, audit under the action's own name."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, func, insert, select, update

from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from contracts.errors import ServiceError


def locked(uow: UnitOfWork, table: Table, id_: UUID, version: int | None = None) -> Row[Any]:
    """The row, locked until the transaction ends. Raises `not_found`, `stale_version` when it is not at `version`."""
    row = uow.one(select(table).where(table.c.id == id_).with_for_update())
    if version is not None and row.version != version:
        raise ServiceError("stale_version")
    return row


def change(uow: UnitOfWork, table: Table, before: Row[Any], action: str, values: Mapping[str, Any]) -> Row[Any]:
    """Set `values` in a locked row, audit what they changed, and return the row as it is now."""
    after = uow.one(update(table).where(table.c.id == before.id).values(**values).returning(table))
    old, new = before._mapping, after._mapping
    changed = [name for name in values if old[name] != new[name]]
    uow.audit(table.name, before.id, action, {n: old[n] for n in changed}, {n: new[n] for n in changed})
    return after


def step(uow: UnitOfWork, table: Table, before: Row[Any], action: str, from_status: str, to_status: str) -> Row[Any]:
    """Move a locked row from one status to the next. Raises `step_not_allowed` from any other status."""
    if before.status != from_status:
        raise ServiceError("step_not_allowed", state=before.status, action=action)
    return change(uow, table, before, action, {"status": to_status})


def add(uow: UnitOfWork, table: Table, values: Mapping[str, Any]) -> Row[Any]:
    """Insert a row with a new id, audit it, and return it."""
    row = uow.one(insert(table).values(id=new_id(), **values).returning(table))
    uow.audit(table.name, row.id, "add", after=dict(values))
    return row


def refuse_unknown(uow: UnitOfWork, table: Table, ids: Sequence[UUID]) -> None:
    """Raise `some_not_found` when not every one of `ids` is a row of the table."""
    known = uow.scalar(select(func.count()).select_from(table).where(table.c.id.in_(ids)))
    if known < len(ids):
        raise ServiceError("some_not_found", count=len(ids) - known)
