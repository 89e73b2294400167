"""What waits for somebody: rows in states from which the actor may take a step that the workflow says they wait for.

    to_do = (Waiting(WITHDRAWAL, withdrawals, ListWithdrawals),)

Counted from the rows, by the rule that lets the step be taken, in the row scope of each permission: nothing is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, func, or_, select, true

from chassis.base.context import Scope
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.steps import switches
from chassis.work.workflow import Step, Workflow
from contracts.base import Operation, method_name
from contracts.to_do import GetToDo, ToDo, ToDoItem, title

Awaited = Mapping[str, Sequence[Step]]
"""State → the steps that rows in it wait for."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A workflow whose rows people wait for, its table, and the query that lists them: `by` is its filter for states.

    An index that begins with the state lets them be counted among many others.
    """

    flow: Workflow
    table: Table
    listed: type[Operation]
    by: str = "state"


def get_to_do(query: GetToDo, uow: UnitOfWork) -> ToDo:
    """What waits for the actor, as they hold permissions (`Context.held`)."""
    return ToDo(items=tuple(item for each in uow.service.to_do for item in _items(uow, each)))


def _items(uow: UnitOfWork, waiting: Waiting) -> Iterator[ToDoItem]:
    flow = waiting.flow
    awaited = _awaited(uow, flow)
    counts = _counts(uow, waiting, awaited)
    for state, steps in awaited.items():
        yield ToDoItem(
            service=uow.service.name,
            workflow=flow.name,
            state=state,
            title=title(flow.name, state, uow.context.language),
            actions=tuple(dict.fromkeys(step.action for step in steps)),
            count=counts.get(state, 0),
            listed_by=method_name(waiting.listed),
            filters={waiting.by: state},
        )


def _awaited(uow: UnitOfWork, flow: Workflow) -> Awaited:
    """The steps that rows wait for and for which the actor holds the permission, as the school has set them."""
    held, is_on = uow.context.held or {}, switches(uow)
    found: dict[str, list[Step]] = defaultdict(list)
    for step in flow.steps:
        if step.awaited and step.who.permission in held and step.there(is_on):
            found[step.state].append(step)
    return found


def _counts(uow: UnitOfWork, waiting: Waiting, awaited: Awaited) -> dict[str, int]:
    """How many rows wait in each state: one statement, or one for each scope over which the actor holds permissions. Of
    steps from one state under permissions of several scopes the one with most rows counts: rows may be in both."""
    by_scope: dict[Scope, dict[str, list[Step]]] = defaultdict(lambda: defaultdict(list))
    held = uow.context.held or {}
    for state, steps in awaited.items():
        for step in steps:
            by_scope[held[str(step.who.permission)]][state].append(step)
    column = waiting.table.c[waiting.flow.column]
    counts: dict[str, int] = defaultdict(int)
    for scope, of_state in by_scope.items():
        theirs = or_(
            *(and_(column == state, _may(uow.acting_user, waiting.table, steps)) for state, steps in of_state.items())
        )
        counted = select(column.label("state"), func.count().label("number")).where(theirs).group_by(column)
        with uow.within(scope):
            for row in uow.rows(counted):
                counts[row.state] = max(counts[row.state], row.number)
    return counts


def _may(me: UUID, table: Table, steps: Sequence[Step]) -> ColumnElement[bool]:
    """That one of the steps is for the row, and not refused to the actor (`Who.against`) for who they are."""
    return or_(*(and_(_is_for(step, table), *_open_to(me, table, step)) for step in steps))


def _is_for(step: Step, table: Table) -> ColumnElement[bool]:
    return true() if step.of is None else table.c[step.of.column].in_(step.of.values)


def _open_to(me: UUID, table: Table, step: Step) -> tuple[ColumnElement[bool], ...]:
    own = step.who.own
    return (
        *([] if own is None else [table.c[own] == me]),
        *(table.c[column].is_distinct_from(me) for column, _ in step.who.others),
    )
