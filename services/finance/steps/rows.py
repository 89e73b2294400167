"""Commands about many rows that carry out what they can and say of each other row why not."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.workflow import Workflow
from contracts.common import Refusal, RowResult, RowResults
from contracts.errors import ServiceError
from services.finance.steps.bills import ids_in


def takeable(
    uow: UnitOfWork, workflow: Workflow, table: Table, ids: Sequence[UUID], action: str
) -> tuple[list[UUID], dict[UUID, RowResult]]:
    """Lock the rows; those that the actor may move by this step, and the result of each other one."""
    locked = uow.rows(select(table).where(ids_in(table.c.id, ids)).order_by(table.c.id).with_for_update())
    by_id = {row.id: row for row in locked}
    allowed: list[UUID] = []
    refused: dict[UUID, RowResult] = {}
    for id_ in ids:
        row = by_id.get(id_)
        if row is None:
            refused[id_] = RowResult(id=id_, refusal=_refusal(uow, "not_found"))
            continue
        try:
            workflow.allowed(row._mapping, action, uow.context)
        except ServiceError as error:
            refused[id_] = RowResult(id=id_, state=row.state, refusal=_refusal(uow, error.code, **error.params))
        else:
            allowed.append(id_)
    return allowed, refused


def results(ids: Iterable[UUID], done: Mapping[UUID, str], refused: Mapping[UUID, RowResult]) -> RowResults:
    """One result a row, in the order asked; `done` tells the state now of what was carried out."""
    items = tuple(refused.get(id_) or RowResult(id=id_, state=done[id_]) for id_ in ids)
    return RowResults(items=items, done=len(done))


def _refusal(uow: UnitOfWork, code: str, **params: Any) -> Refusal:
    return Refusal.of(code, uow.context.language, **params)
