"""The lines of a service's table. A handler's second argument is always the unit of work that it runs in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, Table

from chassis.declaring.guards import Guard, Unguarded
from chassis.declaring.tasks import TaskKind
from contracts.base import Command, Event, Operation, State, StateItem, View, type_name
from contracts.settings import Setting

IDLE: Final = timedelta(seconds=15)
"""How long a transaction may wait for its own process before PostgreSQL ends it: a frozen process holds no row for
longer. Whoever waits on purpose (for the broker, for a workbook) names a longer time."""


@dataclass(frozen=True, slots=True)
class OperationEntry:
    """A command or query and its handler. `as_system` runs it outside the actor's row scope; `idle` is how long its
    transaction may wait for something other than the database; `guard` is how one for anybody is guarded; `outside`
    has its handler work with `Transactions`, since it asks somebody outside between two of them."""

    operation: type[Operation]
    answers: type[View]
    handler: Callable[[Any, Any], View]
    as_system: bool = False
    idle: timedelta = IDLE
    guard: Guard | Unguarded | None = None
    outside: bool = False

    @property
    def is_command(self) -> bool:
        return issubclass(self.operation, Command)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a service's table: operations, constraints that mean something to the caller with their error codes,
    what waits for people (`chassis.work.to_do.Waiting`), what the school sets of it, long and due work by name."""

    operations: tuple[OperationEntry, ...] = ()
    conflicts: Mapping[str, str] = field(default_factory=dict)
    to_do: tuple[Any, ...] = ()
    settings: tuple[Setting[Any], ...] = ()
    tasks: Mapping[str, TaskKind] = field(default_factory=dict)
    schedule: Mapping[str, ScheduledEntry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that come together, made by the chassis for the service of this name."""

    lines: Callable[[str], Lines]


@dataclass(frozen=True, slots=True)
class ReactionEntry:
    """What this service does when it hears events of one type."""

    event: type[Event]
    handler: Callable[[Sequence[Any], Any], None]


@dataclass(frozen=True, slots=True)
class CopyEntry:
    """A local copy of another service's rows. A service is not ready without those that are `needed`."""

    state: type[State[Any]]
    table: Table
    prepare: Callable[[StateItem], dict[str, Any]] | None = None
    needed: bool = True

    @property
    def kind(self) -> str:
        return type_name(self.state)


@dataclass(frozen=True, slots=True)
class Feeder:
    """A table beside the published one that its view is made of: its `key` says which rows of the published table, by
    their column `parent_key`, a row belongs to, and `columns` are those that the view shows."""

    key: Column[Any]
    columns: tuple[str, ...]
    parent_key: str = "id"

    @property
    def table(self) -> Table:
        return self.key.table


@dataclass(frozen=True, slots=True)
class PublishesEntry:
    """A state that this service owns: the rows it is about, and how their public view is made."""

    state: type[State[Any]]
    builder: Callable[[Sequence[UUID], Any], Sequence[StateItem]]
    table: Table
    fed_by: tuple[Feeder, ...] = ()

    @property
    def kind(self) -> str:
        return type_name(self.state)


@dataclass(frozen=True, slots=True)
class ScheduledEntry:
    """Work that is due every so often. `job` returns how many rows it handled; it runs again at once until it is 0.

    `idle` is how long its transaction may wait for something other than the database.
    """

    job: Callable[[Any], int]
    every: timedelta
    idle: timedelta = IDLE
