"""How a service is declared: a class whose attributes are a table of what it does.

    class Courses(Service):
        name = "courses"
        metadata = base.metadata
        select_courses = command(selection.select_courses)
        get_plan = query(plan.get_plan)
        on_bills_paid = reaction(bills.on_bills_paid)
        students = copy(StudentState, copies.students)
        course_state = publishes(CourseState, states.course_items, catalogue.courses)
        close_unpaid = scheduled(jobs.close_unpaid, every=timedelta(seconds=30))

Which contract an entry handles is read from the handler's annotations, so it is written once. Nothing here knows
nameko: `chassis.running.runner` gives a declared service its RPC methods and its queue.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, TypeVar, get_type_hints
from uuid import UUID

from sqlalchemy import Column, MetaData, Table

from chassis.declaring.entries import (
    IDLE,
    CopyEntry,
    Feeder,
    Group,
    Lines,
    OperationEntry,
    PublishesEntry,
    ReactionEntry,
    ScheduledEntry,
)
from chassis.declaring.guards import Guard, Unguarded
from chassis.declaring.tasks import TaskKind
from contracts.base import Command, Event, Operation, Query, State, StateItem, View, method_name, routing_key, type_name
from contracts.notices import Decided
from contracts.public import PublicCommand, PublicQuery
from contracts.settings import Setting
from contracts.trail import TrailSealed
from contracts.versions import older

Entry = TypeVar("Entry")
Handler = Callable[[Any, Any], View]
"""Answers an operation in a unit of work."""


class Service:
    """A service: subclasses declare, nothing is instantiated."""

    name: ClassVar[str]
    metadata: ClassVar[MetaData]
    conflicts: ClassVar[dict[str, str]] = {}
    """Constraint name → error code, for violations that mean something to the caller."""
    settings: ClassVar[tuple[Setting[Any], ...]] = ()
    """What the school sets of what this service does."""
    decided: ClassVar[type[Decided] | None] = None
    """The fact by which people are told what became of rows, where a workflow says that they are."""
    to_do: ClassVar[tuple[Any, ...]] = ()
    """What waits for people: `chassis.work.to_do.Waiting`, a line a workflow."""
    trail_sealed: ClassVar[type[TrailSealed] | None] = None
    """The fact by which it tells others how far its audit trail is chained."""

    operations: ClassVar[dict[str, OperationEntry]]
    reactions: ClassVar[dict[str, ReactionEntry]]
    copies: ClassVar[dict[str, CopyEntry]]
    publications: ClassVar[dict[str, PublishesEntry]]
    schedule: ClassVar[dict[str, ScheduledEntry]]
    tasks: ClassVar[dict[str, TaskKind]]
    heard: ClassVar[tuple[type[Event], ...]]
    """Every event class of another service that this one listens to. Reactions and copies are declared for the newest
    version of each; the older ones that are still read are heard with it."""

    def __init_subclass__(cls) -> None:
        entries = vars(cls)
        for entry_name, entry in entries.items():
            if isinstance(entry, OperationEntry) and method_name(entry.operation) != entry_name:
                raise TypeError(
                    f"{cls.name}.{entry_name} handles {entry.operation.__name__}: name it after its contract"
                )
        cls.operations = _of_kind(entries, OperationEntry)
        cls.schedule = _of_kind(entries, ScheduledEntry)
        cls.tasks = _of_kind(entries, TaskKind)
        for group in _of_kind(entries, Group).values():
            _add(cls, group.lines(cls.name))
        if any(isinstance(each.guard, Guard) for each in cls.operations.values()):
            _check_guarding_tables(cls)
        cls.reactions = {routing_key(e.event): e for e in _of_kind(entries, ReactionEntry).values()}
        cls.copies = {e.kind: e for e in _of_kind(entries, CopyEntry).values()}
        cls.publications = {type_name(e.state): e for e in _of_kind(entries, PublishesEntry).values()}
        declared = [e.event for e in cls.reactions.values()] + [e.state for e in cls.copies.values()]
        cls.heard = tuple(version for event in declared for version in (event, *older(event)))


def load(path: str) -> type[Service]:
    """The service that a module such as `services.courses.service` declares as its `SERVICE`."""
    service: type[Service] = importlib.import_module(path).SERVICE
    return service


def command(
    handler: Handler,
    *,
    as_system: bool = False,
    idle: timedelta = IDLE,
    guard: Guard | Unguarded | None = None,
    outside: bool = False,
) -> Any:
    """Declare a command. `as_system` is for those without an actor (sign-in) or on the actor's own account; `idle` for
    those that work long between two statements, and hold nothing meanwhile; `guard` for those that anybody may give;
    `outside` for those that ask somebody outside (`chassis.data.transactions`): nobody else's time runs in a
    transaction. Their answer belongs to none, so it is kept for no repeat: they have to be `secret`."""
    declared = _operation(handler, Command, as_system, guard)
    if outside and not declared.operation.secret:
        raise TypeError(f"{declared.operation.__name__} asks somebody outside: its answer is kept for no repeat")
    return replace(declared, idle=idle, outside=outside)


def query(handler: Handler, *, as_system: bool = False, guard: Guard | Unguarded | None = None) -> Any:
    """Declare a query; `guard` is for those that anybody may ask."""
    return _operation(handler, Query, as_system, guard)


def reaction(handler: Callable[[Sequence[Any], Any], None]) -> Any:
    """Declare a reaction to the event type named in the handler's annotation, `Sequence[BillsPaid]`."""
    events, _ = _hints(handler)
    return ReactionEntry(events.__args__[0], handler)


def copy(
    state: type[State[Any]],
    table: Table,
    prepare: Callable[[Any], dict[str, Any]] | None = None,
    *,
    needed: bool = True,
) -> Any:
    """Declare a local copy. `prepare` makes the columns of a row where they are not just the item's fields. What the
    service can do without for a while is not `needed`: it may come with a release, while processes of the version
    before, which would refuse its pages, take from the same queue."""
    return CopyEntry(state, table, prepare, needed)


def publishes(
    state: type[State[Any]],
    builder: Callable[[Sequence[UUID], Any], Sequence[StateItem]],
    table: Table,
    fed_by: tuple[Feeder, ...] = (),
) -> Any:
    """Declare a state that this service owns, about the rows of `table`; `fed_by` names every other table that the
    builder reads. A builder of several statements reads `table` first: a version never stands for less than it shows.
    """
    return PublishesEntry(state, builder, table, fed_by)


def feeder(key: Column[Any], *columns: str, parent_key: str = "id") -> Feeder:
    """Declare a table that feeds a published view, by the column that leads to the published rows."""
    return Feeder(key, columns, parent_key)


def scheduled(job: Callable[[Any], int], *, every: timedelta) -> Any:
    """Declare work that is due every so often, in one process at a time."""
    return ScheduledEntry(job, every)


def task(kind: TaskKind) -> Any:
    """Declare a kind of long work."""
    return kind


def of_contract(contract: type[Operation], handler: Handler) -> Handler:
    """The handler, as one of this contract, where its own annotations don't say so."""

    def handle(operation: Any, uow: Any) -> Any:
        return handler(operation, uow)

    handle.__annotations__ = {"operation": contract, "uow": Any, "return": contract.answers}
    handle.__doc__ = contract.__doc__
    return handle


def entry(handler: Handler, *, as_system: bool = False, guard: Guard | Unguarded | None = None) -> OperationEntry:
    """The line of a command or a query, whichever the handler's contract is."""
    return _operation(handler, Operation, as_system, guard)


def _operation(
    handler: Handler, kind: type[Operation], as_system: bool, guard: Guard | Unguarded | None
) -> OperationEntry:
    operation, answers = _hints(handler)
    if not issubclass(operation, kind):
        raise TypeError(f"{handler.__name__} is declared as a {kind.__name__.lower()} but handles {operation.__name__}")
    if operation.answers is not answers:
        raise TypeError(f"{handler.__name__} answers {answers}, its contract says {operation.answers}")
    if issubclass(operation, PublicCommand | PublicQuery) and guard is None:
        raise TypeError(f"{operation.__name__} is for anybody: say how it is guarded")
    if isinstance(guard, Guard) and not issubclass(operation, PublicCommand | PublicQuery):
        raise TypeError(f"{operation.__name__} is guarded as if for anybody: make it a PublicQuery or a PublicCommand")
    return OperationEntry(operation, answers, handler, as_system, guard=guard)


def _add(service: type[Service], lines: Lines) -> None:
    """Put the lines of a group into the table. Raises TypeError where it has an operation or a task of them already."""
    added = {method_name(each.operation): each for each in lines.operations}
    if twice := (added.keys() & service.operations.keys()) | (lines.tasks.keys() & service.tasks.keys()):
        raise TypeError(f"{service.name} handles {', '.join(sorted(twice))} twice")
    service.operations = {**service.operations, **added}
    service.conflicts = {**lines.conflicts, **service.conflicts}
    service.to_do = (*service.to_do, *lines.to_do)
    service.tasks = {**service.tasks, **lines.tasks}
    service.schedule = {**service.schedule, **lines.schedule}
    service.settings = tuple(dict.fromkeys((*service.settings, *lines.settings)))


def _check_guarding_tables(service: type[Service]) -> None:
    if "asked_often" not in service.metadata.tables:
        raise TypeError(f"{service.name} has guarded operations and no guarding_tables")


def _hints(handler: Callable[..., Any]) -> tuple[Any, Any]:
    """What the handler is given beside the unit of work, and what it answers, from its annotations."""
    given, _ = inspect.signature(handler).parameters
    hints = get_type_hints(handler)
    return hints[given], hints["return"]


def _of_kind(entries: Any, kind: type[Entry]) -> dict[str, Entry]:
    return {name: entry for name, entry in entries.items() if isinstance(entry, kind)}
