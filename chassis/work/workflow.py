"""A workflow is a table: who may take which step from which state, where it leads and what it tells the others.

WITHDRAWAL = Workflow(
    "withdrawal", PENDING_ACADEMIC, (
        #    state             action     who        next              emits
        Step(PENDING_ACADEMIC, "approve", REGISTRAR, PENDING_FINANCE,  WithdrawalSentToFinance),
        Step(PENDING_ACADEMIC, "revoke",  APPLICANT, REVOKED,          WithdrawalRevoked),
    ),
)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, RowMapping, Table, case, literal, select, update

from chassis.base.context import Context
from chassis.data.bulk import insert_rows
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import Event
from contracts.common import HistoryStepView
from contracts.errors import ServiceError

Subject = Mapping[str, Any] | RowMapping


@dataclass(frozen=True, slots=True)
class Who:
    """Who may take a step: a name for documents, and the code of the refusal of an actor on a row (None: they may)."""

    name: str
    refusal: Callable[[Context, Subject], str | None]


def decider(permission: str) -> Who:
    """Whoever acts under `permission` (the gateway has checked that they hold it), except on a request of their own:
    nobody decides what they entered (`entered_by`)."""

    def refusal(context: Context, row: Subject) -> str | None:
        if context.permission != permission:
            return "forbidden"
        own = row.get("entered_by") is not None and row["entered_by"] == context.actor.user_id
        return "decides_own_request" if own else None

    return Who(permission, refusal)


def applicant(permission: str) -> Who:
    """The side that entered the request: anyone in whose scope it lies and who acts under `permission`."""
    return Who(permission, lambda context, row: None if context.permission == permission else "forbidden")


SYSTEM = Who("system", lambda context, row: None if context.permission is None else "forbidden")
"""A reaction or a scheduled job, never a person."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a workflow. `emits` names the fact that other services hear; the command fills and publishes it."""

    state: str
    action: str
    who: Who
    next: str
    emits: type[Event] | None = None


@dataclass(frozen=True, slots=True)
class Workflow:
    """A named table of steps, each (state, action) at most once."""

    name: str
    initial: str
    steps: tuple[Step, ...]
    _by_action: dict[tuple[str, str], Step] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        table = {(step.state, step.action): step for step in self.steps}
        if len(table) != len(self.steps):
            raise ValueError(f"workflow {self.name} has two steps for one state and action")
        object.__setattr__(self, "_by_action", table)

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which the table mentions it."""
        return tuple(dict.fromkeys([self.initial, *(s for step in self.steps for s in (step.state, step.next))]))

    @property
    def actions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(step.action for step in self.steps))

    def step(self, state: str, action: str) -> Step | None:
        """The step that `action` takes from `state`, or None where there is none."""
        return self._by_action.get((state, action))

    def allowed(self, row: Subject, action: str, context: Context) -> Step:
        """The step this actor may take. Raises `step_not_allowed` (wrong state), `forbidden` or `decides_own_request`
        (wrong person)."""
        step = self.step(row["state"], action)
        if step is None:
            raise ServiceError("step_not_allowed", state=row["state"], action=action)
        refusal = step.who.refusal(context, row)
        if refusal is not None:
            raise ServiceError(refusal)
        return step


@dataclass(frozen=True, slots=True)
class Moved:
    """A row after its step: `row` as it was locked (with its old state) and the step that it took."""

    row: Row[Any]
    step: Step


def apply(
    uow: UnitOfWork,
    workflow: Workflow,
    table: Table,
    ids: Sequence[UUID],
    action: str,
    *,
    note: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> list[Moved]:
    """Take one step with all of `ids`, or with none: lock the rows in id order, check each, set state and `values`,
    write history and audit.

    The rows come back in the order of `ids`. Raises `not_found` when a row is not in the actor's scope,
    `step_not_allowed` when somebody was quicker or the state never allowed it, and the refusals of the step's `who`.
    """
    locked = uow.rows(select(table).where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update())
    by_id = {row.id: row for row in locked}
    if len(by_id) != len(set(ids)):
        raise ServiceError("not_found")
    moved = [
        Moved(by_id[id_], workflow.allowed(by_id[id_]._mapping, action, uow.context)) for id_ in dict.fromkeys(ids)
    ]
    if not moved:
        return []
    reached = {m.step.next for m in moved}
    next_state: ColumnElement[str] = (
        literal(reached.pop())
        if len(reached) == 1
        else case({m.row.id: literal(m.step.next) for m in moved}, value=table.c.id)
    )
    uow.execute(update(table).where(table.c.id.in_(ids)).values(state=next_state, **(values or {})))
    record(uow, workflow, ((m.row._mapping, m.row.state, m.step.next) for m in moved), action, note)
    for m in moved:
        uow.audit(table.name, m.row.id, action, {"state": m.row.state}, {"state": m.step.next, "note": note})
    return moved


def record(
    uow: UnitOfWork,
    workflow: Workflow,
    moves: Iterable[tuple[Subject, str | None, str]],
    action: str,
    note: str | None = None,
) -> None:
    """Write history: (row, state before or None for a new one, state after) of each move. `apply` does it itself;
    commands that create rows or move them by set-based SQL call it."""
    history = uow.service.metadata.tables["workflow_history"]
    actor = uow.context.actor
    entries = [
        {
            "workflow": workflow.name,
            "subject_id": row["id"],
            "from_state": before,
            "action": action,
            "to_state": after,
            "actor_id": actor.user_id,
            "actor_name": actor.name,
            "note": note,
            "teaching_point_id": row.get("teaching_point_id"),
            "student_id": row.get("student_id"),
            "course_id": row.get("course_id"),
            "at": uow.now,
        }
        for row, before, after in moves
    ]
    if entries:
        uow.execute(insert_rows(history, entries))


def history_of(uow: UnitOfWork, subject_id: UUID, workflow: Workflow | None = None) -> tuple[HistoryStepView, ...]:
    """The steps that a row has taken, oldest first; of one workflow, where rows of two share their ids."""
    history = uow.service.metadata.tables["workflow_history"]
    steps = select(history).where(history.c.subject_id == subject_id).order_by(history.c.id)
    if workflow is not None:
        steps = steps.where(history.c.workflow == workflow.name)
    return tuple(HistoryStepView.model_validate(row._mapping) for row in uow.rows(steps))


def move_history(uow: UnitOfWork, subject_ids: Collection[UUID], teaching_point_id: UUID) -> None:
    """Let the history of these rows be read where the rows now are: in another point's scope."""
    history = uow.service.metadata.tables["workflow_history"]
    theirs = update(history).where(history.c.subject_id.in_(subject_ids))
    uow.execute(theirs.values(teaching_point_id=teaching_point_id))
