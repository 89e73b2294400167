"""What became of a row as others tell it, in any order: before this service has heard of the row, after that, twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.steps import enter, take
from chassis.work.workflow import Workflow


def hear(
    uow: UnitOfWork,
    flow: Workflow,
    table: Table,
    told: Sequence[Mapping[str, Any]],
    action: str,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Take a step with those of these rows that are known and may take it. One in a state from which the step does not
    start is decided already, and left alone.

    `told` are whole rows without their state. One that nothing is known of is entered in the state that the step leads
    to, as a tombstone: what would have opened it finds it decided. Of a known one the state is set, and `values`.
    """
    [state] = {step.next for step in flow.steps if step.action == action}
    by_id = {row["id"]: {**row, flow.column: state} for row in told}
    in_order = [by_id[id_] for id_ in sorted(by_id)]
    new = {row.id for row in enter(uow, flow, table, in_order, action, unless=f"pk_{table.name}")}
    take(uow, flow, table, by_id.keys() - new, action, values=values)
