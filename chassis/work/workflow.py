"""A workflow is a table: who may take which step from which state, where it leads and what it tells the others.

WITHDRAWAL = Workflow(
    "withdrawal", PENDING_ACADEMIC, (
        #    state             action     who        next             emits
        Step(PENDING_ACADEMIC, "approve", REGISTRAR, PENDING_FINANCE, WithdrawalsSentToFinance),
        Step(PENDING_ACADEMIC, "revoke",  APPLICANT, REVOKED),
    ),
)

A step that the school can switch names its setting: with `when=CONSENT` there is the step while that is on, with
`unless=CONSENT` while it is off. Nothing here reads or writes rows: `chassis.work.steps` takes the steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from chassis.base.context import Context
from chassis.work.reasons import Reason, refuse
from contracts.base import Event
from contracts.errors import ServiceError
from contracts.settings import Setting

FORBIDDEN = Reason("forbidden")
IsOn = Callable[["Setting[bool]"], bool]
"""How the school has set a switch."""


def by_default(switch: Setting[bool]) -> bool:
    """As it is until the school sets it."""
    return switch.default


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


def decider(permission: str, *, besides: Sequence[str] = ()) -> Who:
    """Whoever acts under `permission`, except on a request of their own: nobody decides what they entered
    (`entered_by`), by whichever of their roles, nor twice what takes two persons: what `besides` (columns) keep is who
    decided before."""

    def against(context: Context, row: Subject) -> Reason | None:
        if context.permission != permission:
            return FORBIDDEN
        me = context.actor.user_id
        if row.get("entered_by") is not None and row["entered_by"] == me:
            return Reason("decides_own_request")
        if any(row.get(column) is not None and row[column] == me for column in besides):
            return Reason("same_reviewer")
        return None

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
    when: Setting[bool] | None = None
    unless: Setting[bool] | None = None

    def there(self, is_on: IsOn) -> bool:
        """Whether there is the step, as the school has set it."""
        if self.when is not None and not is_on(self.when):
            return False
        return self.unless is None or not is_on(self.unless)

    @property
    def excludes(self) -> tuple[Setting[bool] | None, Setting[bool] | None]:
        """The switches of the one other step that may stand for the same state and action."""
        return self.unless, self.when


@dataclass(frozen=True, slots=True)
class Workflow:
    """A named table of steps, for each (state, action) one, or two that a setting switches between. `column` holds the
    state of a row."""

    name: str
    initial: str
    steps: tuple[Step, ...]
    column: str = "state"
    _by_action: dict[tuple[str, str], list[Step]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        table: dict[tuple[str, str], list[Step]] = {}
        for step in self.steps:
            others = table.setdefault((step.state, step.action), [])
            if any((other.when, other.unless) != step.excludes or other.when is other.unless for other in others):
                raise ValueError(f"workflow {self.name} has two steps for one state and action")
            others.append(step)
        object.__setattr__(self, "_by_action", table)

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which the table mentions it."""
        return tuple(dict.fromkeys([self.initial, *(s for step in self.steps for s in (step.state, step.next))]))

    @property
    def actions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(step.action for step in self.steps))

    def step(self, state: str, action: str, is_on: IsOn = by_default) -> Step | None:
        """The step that `action` takes from `state`, or None where there is none."""
        return next((step for step in self._by_action.get((state, action), ()) if step.there(is_on)), None)

    def allowed(self, row: Subject, action: str, context: Context, is_on: IsOn = by_default) -> Step:
        """The step that this actor may take with the row. Raises ServiceError `step_not_allowed` (wrong state), or the
        refusal of the step's `who`: `forbidden`, `decides_own_request`."""
        state = row[self.column]
        step = self.step(state, action, is_on)
        if step is None:
            raise ServiceError("step_not_allowed", workflow=self.name, state=state, action=action)
        refuse(step.who.against(context, row))
        return step
