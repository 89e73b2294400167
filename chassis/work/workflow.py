"""A workflow is a table: who may take which step from which state, where it leads and what it tells the others.

WITHDRAWAL = Workflow(
    "withdrawal", PENDING_ACADEMIC, (
        #    state             action     who        next             emits
        Step(PENDING_ACADEMIC, "approve", REGISTRAR, PENDING_FINANCE, WithdrawalsSentToFinance),
        Step(PENDING_ACADEMIC, "revoke",  APPLICANT, REVOKED),
    ),
)

Nothing here reads or writes rows: `chassis.work.steps` takes the steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from chassis.base.context import Context
from chassis.work.reasons import Reason, refuse
from contracts.base import Event
from contracts.errors import ServiceError

FORBIDDEN = Reason("forbidden")


class Subject(Protocol):
    """A row by the names of its columns."""

    def __getitem__(self, name: str, /) -> Any: ...
    def get(self, name: str, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Who:
    """Who may take a step: a name for documents, and what speaks against an actor with a row (None: they may)."""

    name: str
    against: Callable[[Context, Subject], Reason | None]


def acting_under(permission: str) -> Who:
    """Whoever acts under `permission` (the gateway has checked that they hold it), on any row in their scope."""
    return Who(permission, lambda context, row: None if context.permission == permission else FORBIDDEN)


def decider(permission: str) -> Who:
    """Whoever acts under `permission`, except on a request of their own: nobody decides what they entered
    (`entered_by`)."""

    def against(context: Context, row: Subject) -> Reason | None:
        if context.permission != permission:
            return FORBIDDEN
        own = row.get("entered_by") is not None and row["entered_by"] == context.actor.user_id
        return Reason("decides_own_request") if own else None

    return Who(permission, against)


SYSTEM = Who("system", lambda context, row: None if context.permission is None else FORBIDDEN)
"""A reaction or a scheduled job, never a person."""

FOLLOWS = Who("what it belongs to", lambda context, row: None)
"""The row never moves by itself: what it belongs to has moved, and that was checked."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a workflow. `emits` names the fact that other services hear of it: a transaction that takes the step
    and publishes no such fact does not commit. (Which rows are in the fact is the command's to see to.)"""

    state: str
    action: str
    who: Who
    next: str
    emits: type[Event] | None = None


@dataclass(frozen=True, slots=True)
class Workflow:
    """A named table of steps, each (state, action) at most once. `column` holds the state of a row."""

    name: str
    initial: str
    steps: tuple[Step, ...]
    column: str = "state"
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
        """The step that this actor may take with the row. Raises ServiceError `step_not_allowed` (wrong state), or the
        refusal of the step's `who`: `forbidden`, `decides_own_request`."""
        state = row[self.column]
        step = self.step(state, action)
        if step is None:
            raise ServiceError("step_not_allowed", workflow=self.name, state=state, action=action)
        refuse(step.who.against(context, row))
        return step
