"""Messages that did not get where they should: parked in a service's inbox, put aside there, come back to its outbox,
or given up by the broker. Works while some of the databases are away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from chassis.base.context import system_context
from chassis.data.database import Database
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages import repair

Result = TypeVar("Result")


@dataclass(frozen=True)
class ParkedEvent:
    """One message that a service has not handled, and why. What it carries is read apart: it may be large."""

    service: str
    event_id: UUID
    type: str
    event_version: int
    state: str
    code: str | None
    detail: str | None
    attempts: int
    received_at: datetime
    sender: str | None
    exchange: str | None
    routing_key: str | None
    headers: Mapping[str, str] | None


@dataclass(frozen=True)
class ReturnedEvent:
    """One message of a service that no queue took, or a state that can't be built: then its key is the kind, and the
    row is named. It is tried again by itself; it can be sent at once or dropped by its id."""

    service: str
    id: UUID
    exchange: str
    routing_key: str
    row_id: UUID | None
    created_at: datetime
    returned_at: datetime


class DeadEvents:
    """The inboxes and outboxes of several services, by name. `away` holds those whose database did not answer."""

    def __init__(self, databases: Mapping[str, Database]) -> None:
        self._databases = databases
        self.away: set[str] = set()

    def list(self, *, waiting: bool = False) -> list[ParkedEvent]:
        """All dead and refused messages, oldest first; with those that still wait for what they need, if asked."""
        states = ("dead", "refused", "waiting") if waiting else ("dead", "refused")

        def parked(uow: UnitOfWork) -> Sequence[Any]:
            inbox = uow.tables["inbox"]
            return uow.rows(repair.parked(inbox).where(inbox.c.state.in_(states)))

        found = [
            ParkedEvent(name, **{each: row._mapping[each] for each in _PARKED})
            for name, rows in self._everywhere(parked).items()
            for row in rows
        ]
        return sorted(found, key=lambda event: event.received_at)

    def body(self, event: ParkedEvent) -> bytes | None:
        """What the message carries; None where that was not kept."""
        inbox = self._databases[event.service].service.metadata.tables["inbox"].c
        carried = select(inbox.body).where(inbox.event_id == event.event_id)
        body = self._databases[event.service].run(system_context(), lambda uow: uow.scalar(carried))
        return None if body is None else bytes(body)

    def returned(self) -> Sequence[ReturnedEvent]:
        """All messages that can't be sent, oldest first."""
        found = [
            ReturnedEvent(name, **row._mapping)
            for name, rows in self._everywhere(lambda uow: uow.rows(repair.returned(uow))).items()
            for row in rows
        ]
        return sorted(found, key=lambda event: event.created_at)

    def replay(self, event_ids: Sequence[UUID]) -> int:
        """Have their services try these messages again, at once; returns how many there were. Refused ones, and those
        that were not kept whole, can't be tried again."""
        return self._repaired(repair.replay, event_ids)

    def drop(self, event_ids: Sequence[UUID]) -> int:
        """Give these messages up; returns how many there were. What they carried is erased."""
        return self._repaired(repair.give_up, event_ids)

    def _repaired(self, work: Callable[[UnitOfWork, Sequence[UUID]], repair.Repaired], ids: Sequence[UUID]) -> int:
        return sum(self._everywhere(lambda uow: len(work(uow, ids).done)).values())

    def _everywhere(self, work: Callable[[UnitOfWork], Result]) -> dict[str, Result]:
        done = {}
        for name, database in self._databases.items():
            try:
                done[name] = database.run(system_context(), work)
            except OperationalError:
                self.away.add(name)
        return done


_PARKED = [each for each in ParkedEvent.__dataclass_fields__ if each != "service"]
