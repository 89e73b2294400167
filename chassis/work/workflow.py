"""A workflow is a table: who may take which step from which state, where it leads and what it tells the others.

WITHDRAWAL = Workflow(
    "withdrawal", PENDING_ACADEMIC, (
        #    state             action     who        next             emits
        Step(PENDING_ACADEMIC, "approve", REGISTRAR, PENDING_FINANCE, WithdrawalsSentToFinance),
        Step(PENDING_ACADEMIC, "revoke",  APPLICANT, REVOKED),
    ),
)

A step that the school can switch names its setting: with `when=CONSENT` there is the step while that is on, with
`unless=CONSENT` while it is off. A step of some rows only says which: `of=Rows("kind", (SUSPEND,))`. Nothing here
reads or writes rows: `chassis.work.steps` takes the steps.
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
    """Who may take a step: whoever acts under `permission` (the gateway has checked that they hold it), or the system.

    `others` are columns that keep a person who may not, each with its refusal; `own` is the column of the only one who
    may. `kept_in` is the column that keeps who takes the step. It is data, so that what waits for somebody can be
    counted by the same rule (`chassis.work.to_do`).
    """

    name: str
    permission: str | None = None
    others: tuple[tuple[str, str], ...] = ()
    own: str | None = None
    kept_in: str | None = None
    checked: bool = True

    def against(self, context: Context, row: Subject) -> Reason | None:
        """What speaks against this actor with this row; None: they may."""
        if not self.checked:
            return None
        if context.permission != self.permission:
            return FORBIDDEN
        me = context.actor.user_id
        if self.own is not None and row.get(self.own) != me:
            return Reason("not_own_request")
        refused = (code for column, code in self.others if row.get(column) is not None and row[column] == me)
        return next((Reason(code) for code in refused), None)

    @property
    def decides(self) -> bool:
        """Whether it is a decision that they take: about what others entered."""
        return bool(self.others)


def acting_under(permission: str) -> Who:
    """Whoever acts under `permission`, on any row in their scope."""
    return Who(permission, permission)


def applicant(permission: str, *, entered_by: str = "entered_by") -> Who:
    """Who entered the row, acting under `permission`."""
    return Who(f"{permission}, own", permission, own=entered_by)


def decider(
    permission: str,
    *,
    besides: Sequence[str] = (),
    entered_by: str | Sequence[str] = "entered_by",
    decided_by: str = "decided_by",
) -> Who:
    """Whoever acts under `permission`, except on a request of their own: nobody decides what they entered (the column
    `entered_by`, or several where others may change it), by whichever of their roles, nor twice what takes several
    persons: what `besides` (columns) keep is who decided before. `decided_by` is the column that keeps who takes this
    step; of several deciders each has one."""
    columns = (entered_by,) if isinstance(entered_by, str) else entered_by
    own = ((column, "decides_own_request") for column in columns)
    before = ((column, "same_reviewer") for column in besides)
    return Who(permission, permission, (*own, *before), kept_in=decided_by)


SYSTEM = Who("system")
"""A reaction or a scheduled job, never a person."""

FOLLOWS = Who("what it belongs to", checked=False)
"""The row never moves by itself: what it belongs to has moved, and that was checked."""


@dataclass(frozen=True, slots=True)
class Addressees:
    """Who is told that a row took a step: its student, teaching points (each once) and the user who asked for it, these
    by the columns that name them. Whoever takes the step is never told."""

    student: bool = True
    points: tuple[str, ...] = ("teaching_point_id",)
    applicant: str | None = "entered_by"


EVERYONE = Addressees()
WHO_ASKED = Addressees(student=False, points=())
NOBODY = Addressees(student=False, points=(), applicant=None)


@dataclass(frozen=True, slots=True)
class Rows:
    """Some of a workflow's rows: those whose `column` has one of these `values`."""

    column: str
    values: tuple[str, ...]

    def __contains__(self, row: Subject) -> bool:
        return row[self.column] in self.values

    def apart_from(self, other: Rows | None) -> bool:
        """Whether no row is in both."""
        return other is not None and other.column == self.column and not {*self.values} & {*other.values}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a workflow. `emits` names the fact that other services hear of it: a transaction that takes the step
    and publishes no such fact does not commit. (Which rows are in the fact is the command's to see to.)

    `tells` says who gets a notice of it, `waits` whether rows wait for it on somebody's to-do list. What a `decider`
    does is told to everyone and waited for, the rest is not, unless the line says otherwise. `of` are the rows that it
    is for, where it is not for all.
    """

    state: str
    action: str
    who: Who
    next: str
    emits: type[Event] | None = None
    when: Setting[bool] | None = None
    unless: Setting[bool] | None = None
    tells: Addressees | None = None
    waits: bool | None = None
    of: Rows | None = None

    @property
    def told(self) -> Addressees:
        """Who gets a notice of it."""
        if self.tells is not None:
            return self.tells
        return EVERYONE if self.who.decides else NOBODY

    @property
    def awaited(self) -> bool:
        """Whether rows wait for it."""
        return self.who.decides if self.waits is None else self.waits

    def there(self, is_on: IsOn) -> bool:
        """Whether there is the step, as the school has set it."""
        if self.when is not None and not is_on(self.when):
            return False
        return self.unless is None or not is_on(self.unless)

    def excludes(self, other: Step) -> bool:
        """Whether of both, for the same state and action, never more than one is there: for other rows, or while one
        switch is on and while it is off."""
        if self.of is not None and self.of.apart_from(other.of):
            return True
        return (other.when, other.unless) == (self.unless, self.when) and self.when is not self.unless


@dataclass(frozen=True, slots=True)
class Workflow:
    """A named table of steps, for each (state, action) one, or some of which for each row one is there. `column` holds
    the state of a row; `entering` says who gets a notice of a new one; `open` are, of requests, the states in which
    something is not decided yet."""

    name: str
    initial: str
    steps: tuple[Step, ...]
    column: str = "state"
    entering: Addressees = NOBODY
    open: tuple[str, ...] = ()
    _by_action: dict[tuple[str, str], list[Step]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        table: dict[tuple[str, str], list[Step]] = {}
        for step in self.steps:
            others = table.setdefault((step.state, step.action), [])
            if not all(step.excludes(other) for other in others):
                raise ValueError(f"workflow {self.name} has two steps for one state and action")
            others.append(step)
        if unknown := {*self.open} - {*self.states}:
            raise ValueError(f"workflow {self.name} has no state {', '.join(sorted(unknown))} that could be open")
        object.__setattr__(self, "_by_action", table)

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which the table mentions it."""
        return tuple(dict.fromkeys([self.initial, *(s for step in self.steps for s in (step.state, step.next))]))

    @property
    def actions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(step.action for step in self.steps))

    @property
    def switches(self) -> tuple[Setting[bool], ...]:
        """The settings that switch steps."""
        named = (switch for step in self.steps for switch in (step.when, step.unless))
        return tuple(dict.fromkeys(switch for switch in named if switch is not None))

    def step(self, row: Subject, action: str, is_on: IsOn = by_default) -> Step | None:
        """The step that `action` takes with a row, or None where there is none."""
        steps = self._by_action.get((row[self.column], action), ())
        return next((step for step in steps if step.there(is_on) and (step.of is None or row in step.of)), None)

    def allowed(self, row: Subject, action: str, context: Context, is_on: IsOn = by_default) -> Step:
        """The step that this actor may take with the row. Raises ServiceError `step_not_allowed` (wrong state), or the
        refusal of the step's `who`: `forbidden`, `decides_own_request`."""
        step = self.step(row, action, is_on)
        if step is None:
            raise ServiceError("step_not_allowed", workflow=self.name, state=row[self.column], action=action)
        refuse(step.who.against(context, row))
        return step
