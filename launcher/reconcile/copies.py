"""Whether the services' local copies of each other's rows are what their owners would send now, row by row."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select

from chassis.base.context import system_context
from chassis.data.database import Database
from chassis.data.groups import grouping_of
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.entries import CopyEntry
from contracts.base import StateItem
from launcher.reconcile.disagreement import Disagreement

_PAGE = 500
"""Rows that an owner makes the view of by one statement."""


def compare_copies(databases: Mapping[str, Database]) -> list[Disagreement]:
    """Everything in which a copy differs from its owner. What is on its way between the two differs as well."""
    found: list[Disagreement] = []
    for consumer, database in databases.items():
        for kind, entry in database.service.copies.items():
            # The copy first: what the owner changes meanwhile is then newer there, never older.
            kept = _kept(database, entry)
            items = _published(databases[entry.state.owner], kind)
            found += _differences(f"{consumer}.{entry.table.name}", entry, kept, items)
    return found


def _kept(database: Database, entry: CopyEntry) -> dict[UUID, dict[str, Any]]:
    rows = database.run(system_context(), lambda uow: uow.rows(select(entry.table)))
    return {row.id: dict(row._mapping) for row in rows}


def _published(owner: Database, kind: str) -> list[StateItem]:
    entry = owner.service.publications[kind]
    column = entry.table.c.id

    def all_ids(uow: UnitOfWork) -> list[UUID]:
        return [row.id for row in uow.rows(select(column).order_by(column))]

    def items(uow: UnitOfWork) -> list[StateItem]:
        return [item for start in range(0, len(ids), _PAGE) for item in entry.builder(ids[start : start + _PAGE], uow)]

    ids = owner.run(system_context(), all_ids)
    return owner.run(system_context(), items)


def _differences(
    table: str, entry: CopyEntry, kept: Mapping[UUID, Mapping[str, Any]], items: Sequence[StateItem]
) -> Iterator[Disagreement]:
    for item in items:
        row = kept.get(item.id)
        if row is None:
            if not item.deleted:
                yield Disagreement("copy_lacks_row", table, item.id)
        elif names := _differing(entry, row, item):
            # Names of columns only: what stands in them may be personal.
            yield Disagreement("copy_differs", table, item.id, ", ".join(names))
    owned = {item.id for item in items}
    for id_, row in kept.items():
        if id_ not in owned and not row["deleted"]:
            yield Disagreement("copy_has_lost_row", table, id_)


def _differing(entry: CopyEntry, row: Mapping[str, Any], item: StateItem) -> list[str]:
    fields = entry.prepare(item) if entry.prepare is not None else item.model_dump()
    wanted = {**fields, "id": item.id, "version": item.version, "deleted": item.deleted}
    own = _own(entry.table)
    return [name for name, value in row.items() if name not in own and _plain(value) != _plain(wanted.get(name))]


def _own(table: Table) -> set[str]:
    """The columns of a copy that the owner does not fill."""
    grouping = grouping_of(table)
    return {"seen_at", *([] if grouping is None else [grouping.key])}


def _plain(value: Any) -> Any:
    """A value as it compares: the database hands lists out where contracts have tuples."""
    return list(value) if isinstance(value, tuple) else value
