"""Steps with many rows of which some may not be taken: those that may are moved, the others say why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, Uuid, cast, column, select, update, values

from chassis.data.unit_of_work import UnitOfWork
from chassis.work import workflow
from chassis.work.workflow import Moved, Workflow
from contracts.common import Refusal, RowResult, RowResults
from contracts.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Taken:
    """The rows that moved, as they were before, and of the others what refused them and the state they are in."""

    moved: list[Moved]
    refused: dict[UUID, tuple[str | None, ServiceError]]

    @property
    def ids(self) -> list[UUID]:
        return [moved.row.id for moved in self.moved]


def lock(uow: UnitOfWork, table: Table, ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    """The rows in the actor's scope by id, locked in the order of their ids: two commands wait, they don't deadlock."""
    rows = uow.rows(select(table).where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update())
    return {row.id: row for row in rows}


def take(
    uow: UnitOfWork,
    flow: Workflow,
    table: Table,
    ids: Sequence[UUID],
    action: str,
    *,
    note: str | None = None,
    setting: Mapping[str, Any] | None = None,
    against: Mapping[UUID, ServiceError] | None = None,
) -> Taken:
    """Take one step with those of `ids` for which the workflow allows it and nothing is said in `against`; `setting`
    names other columns that are set with the state."""
    rows = lock(uow, table, ids)
    refused: dict[UUID, tuple[str | None, ServiceError]] = {}
    for id_ in ids:
        row = rows.get(id_)
        if row is None:
            refused[id_] = (None, ServiceError("not_found"))
            continue
        try:
            flow.allowed(row._mapping, action, uow.context)
        except ServiceError as error:
            refused[id_] = (row.state, error)
        else:
            if against and id_ in against:
                refused[id_] = (row.state, against[id_])
    allowed = [id_ for id_ in ids if id_ not in refused]
    return Taken(workflow.apply(uow, flow, table, allowed, action, note=note, values=setting), refused)


def set_each(uow: UnitOfWork, table: Table, values_of: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Set in each row values of its own, by one statement; every row names the same columns."""
    if not values_of:
        return
    names = list(next(iter(values_of.values())))
    given = values(column("id", Uuid), *(column(name, table.c[name].type) for name in names), name="given").data(
        [(id_, *(own[name] for name in names)) for id_, own in values_of.items()]
    )
    # PostgreSQL takes a column of a VALUES list that holds only NULLs for text.
    own_values = {name: cast(given.c[name], table.c[name].type) for name in names}
    uow.execute(update(table).where(table.c.id == cast(given.c.id, Uuid)).values(own_values))


def row_results(uow: UnitOfWork, ids: Sequence[UUID], taken: Taken) -> RowResults:
    """One result a row, in the order asked."""
    states: dict[UUID, str] = {moved.row.id: moved.step.next for moved in taken.moved}
    items = tuple(
        RowResult(id=id_, state=states[id_])
        if id_ in states
        else RowResult(id=id_, state=taken.refused[id_][0], refusal=refusal(uow, taken.refused[id_][1]))
        for id_ in ids
    )
    return RowResults(items=items, done=len(taken.moved))


def refusal(uow: UnitOfWork, error: ServiceError) -> Refusal:
    """An error as the reason why one row was refused."""
    return Refusal.of(error.code, uow.context.language, **error.params)
