"""Events that services have put aside: waiting for what they need, or dead. Works on every service's inbox."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Table, select, update

from chassis.context import system_context
from chassis.database import Database
from chassis.inbox import Inbox
from chassis.unit_of_work import UnitOfWork

Result = TypeVar("Result")


@dataclass(frozen=True)
class ParkedEvent:
    """One event that a service has not handled, and why."""

    service: str
    event_id: UUID
    type: str
    state: str
    code: str | None
    detail: str | None
    attempts: int
    received_at: datetime
    envelope: Mapping[str, Any]


class DeadEvents:
    """The inboxes of several services, by name."""

    def __init__(self, databases: Mapping[str, Database]) -> None:
        self._databases = databases

    def list(self, *, waiting: bool = False) -> list[ParkedEvent]:
        """All dead events, oldest first; with those that still wait for what they need, if asked."""
        states = ("dead", "waiting") if waiting else ("dead",)
        found = [
            ParkedEvent(name, **{field: row._mapping[field] for field in _FIELDS})
            for name, database in self._databases.items()
            for row in self._rows(database, states)
        ]
        return sorted(found, key=lambda event: event.received_at)

    def replay(self, event_ids: Sequence[UUID]) -> int:
        """Have their services try these dead events again, at once; returns how many there were."""
        return sum(Inbox(database).replay(event_ids) for database in self._databases.values())

    def drop(self, event_ids: Sequence[UUID]) -> int:
        """Give these dead events up; returns how many there were.

        They count as handled, so that a second copy that arrives late is not handled after all; what they
        carried is erased.
        """

        def drop(uow: UnitOfWork, inbox: Table) -> int:
            dead = update(inbox).where(inbox.c.event_id.in_(event_ids), inbox.c.state == "dead")
            return uow.execute(dead.values(state="handled", code="dropped", envelope=None)).rowcount

        return sum(self._run(database, drop) for database in self._databases.values())

    def _rows(self, database: Database, states: Sequence[str]) -> Sequence[Any]:
        return self._run(database, lambda uow, inbox: uow.rows(select(inbox).where(inbox.c.state.in_(states))))

    @staticmethod
    def _run(database: Database, work: Callable[[UnitOfWork, Table], Result]) -> Result:
        inbox = database.service.metadata.tables["inbox"]
        return database.run(system_context(), lambda uow: work(uow, inbox))


_FIELDS = [field for field in ParkedEvent.__dataclass_fields__ if field != "service"]
