"""Kinds of long work: what is planned, what a step does, what comes of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chassis.base.context import Context

PLAN, RUN, FINISH = "plan", "run", "finish"
"""The phases of a task, in their order."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task as its functions see it. `figures` are the sums of what its steps have counted so far."""

    id: UUID
    kind: str
    arguments: dict[str, Any]
    figures: dict[str, int]
    teaching_point_id: UUID | None
    context: Context


class TaskCancelledError(Exception):
    """Somebody has cancelled the task in the middle of a step: it ends there, and the step's work is taken back."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step leaves: counts that are added up and shown as progress, and JSON data for `finish`."""

    figures: Mapping[str, int] = field(default_factory=dict)
    data: Any = None


@dataclass(frozen=True, slots=True)
class Ended:
    """What comes of a task: the id of a file, and JSON that is told to people (`contracts.common.ImportOutcome`)."""

    file_id: UUID | None = None
    outcome: Any = None


@dataclass(frozen=True, slots=True)
class TaskKind:
    """The three functions of a kind of task.

    Each runs in a transaction of its own, seeing all rows, as the actor who asked; a ServiceError ends the task as
    failed with that code. `plan` gives the arguments of each step, one after the other; `run_step` does one; `finish`
    gets the data of all steps in their order and returns the id of the result file, if there is one, or what else came
    of it.
    """

    plan: Callable[[Task, Any], Iterable[Mapping[str, Any]]]
    run_step: Callable[[Task, dict[str, Any], Any], StepResult]
    finish: Callable[[Task, Sequence[Any], Any], Ended | UUID | None] = lambda task, data, uow: None


def all_at_the_end(work: Callable[[Task, Any], Ended | UUID | None]) -> TaskKind:
    """A kind without steps, whose work is its last phase: (task, unit of work) → the id of the result file, or what
    else comes of it. That phase may take minutes."""
    return TaskKind(lambda task, uow: (), lambda task, step, uow: StepResult(), lambda task, data, uow: work(task, uow))
