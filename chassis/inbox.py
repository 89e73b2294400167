"""The inbox: handles received events once each, many in one transaction, and parks those that fail.

Three failures are told apart. *Not yet*: what the event needs has not arrived; it is tried again for a day.
*Permanent*: no rule or contract lets it in; it is kept as dead for a person to look at. *Infrastructure*: the database
is out of reach; nothing is recorded, the events stay with the broker and no attempt is spent.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import case, delete, func, literal, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis import metrics
from chassis.bulk import insert_rows
from chassis.context import system_context
from chassis.copies import Copies
from chassis.database import IDLE, Database, is_infrastructure_failure
from chassis.failures import NotYet, passes
from chassis.service import ReactionEntry
from chassis.unit_of_work import UnitOfWork
from contracts.base import (
    CopyCompleted,
    CopyRequested,
    Envelope,
    Event,
    State,
    UnknownEvent,
    event_class,
    routing_key,
)
from contracts.errors import ServiceError

logger = logging.getLogger(__name__)

GIVE_UP_AFTER: Final = timedelta(hours=24)
LONGEST_PAUSE: Final = timedelta(minutes=10)
KEEP_HANDLED: Final = timedelta(days=30)
PURGE_ROWS: Final = 5_000
IDLE_FOR_EACH: Final = timedelta(seconds=0.3)
"""An event of 500 rows takes its time between two statements, on a busy machine most of all."""
COPIED: Final = (State, CopyRequested, CopyCompleted)
"""Events of the copy protocol, which the chassis handles itself."""


class Inbox:
    """Handles the events that one service hears."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.service = database.service
        self.table = database.service.metadata.tables["inbox"]
        self.copies = Copies(database)

    def handle(self, envelopes: Sequence[Envelope]) -> None:
        """Handle events in any order, grouped by type. Returns when each is handled or parked; raises only
        infrastructure failures, after which the same events may be handed in again."""
        groups: dict[tuple[str, int], list[Envelope]] = {}
        for envelope in {e.event_id: e for e in envelopes}.values():
            groups.setdefault((envelope.type, envelope.version), []).append(envelope)
        for group in groups.values():
            self._handle_group(group)

    def _handle_group(self, group: list[Envelope]) -> None:
        try:
            event = event_class(group[0].type, group[0].version)
        except UnknownEvent:
            self._park(group, "unknown_event", dead=True)
            return
        entry = self.service.reactions.get(routing_key(event))
        if entry is None and not issubclass(event, COPIED):
            self._park(group, "unknown_event", dead=True)
            return
        self._attempt(group, entry)

    def _attempt(self, group: list[Envelope], entry: ReactionEntry | None) -> None:
        """Handle a group in one transaction; when it fails, its halves, until the bad ones stand alone.

        So it is with a group that takes the process so long that PostgreSQL ends it; without a database halves fail at
        once, and the failure is raised.
        """
        began = time.monotonic()
        try:
            self._in_one_transaction(group, entry)
            return
        except (DBAPIError, PoolTimeout) as error:
            too_large = len(group) > 1 and time.monotonic() - began > IDLE.total_seconds()
            if is_infrastructure_failure(error) and not too_large:
                raise
            failure: Exception = error
        except ServiceError as error:
            if passes(error):  # somebody holds a row: nothing is wrong with any of them
                self._park(group, error.code, dead=False)
                return
            failure = error
        except Exception as error:
            failure = error
        if len(group) > 1:
            middle = len(group) // 2
            self._attempt(group[:middle], entry)
            self._attempt(group[middle:], entry)
        else:
            self._park_failure(group[0], failure)

    def _in_one_transaction(self, group: list[Envelope], entry: ReactionEntry | None) -> None:
        context = system_context(group[0].correlation_id, group[0].event_id)

        def work(uow: UnitOfWork) -> None:
            # Copies take the same event twice without harm, so that only reactions need a row for each.
            fresh = self._not_parked(group, uow) if entry is None else self._mark_handled(group, uow)
            if not fresh:
                return
            events: list[Event] = [envelope.event() for envelope in fresh]
            if entry is not None:
                uow.caused_by(events, fresh)
                entry.handler(events, uow)
            if isinstance(events[0], COPIED):
                self.copies.take(events, uow)

        self.database.run(context, work, idle=IDLE + len(group) * IDLE_FOR_EACH)
        now = self.database.clock.now()
        for envelope in group:
            metrics.event_handled(envelope.type, "handled", (now - envelope.occurred_at).total_seconds())

    def _mark_handled(self, group: list[Envelope], uow: UnitOfWork) -> list[Envelope]:
        """Record the group as handled; the envelopes among them that had not been before."""
        inbox = self.table
        rows = [{"event_id": e.event_id, "type": e.type, "event_version": e.version, "state": "handled"} for e in group]
        unseen = insert_rows(inbox, rows).on_conflict_do_update(
            index_elements=[inbox.c.event_id],
            set_={"state": "handled", "envelope": None, "code": None, "detail": None, "next_at": None},
            where=inbox.c.state != "handled",
        )
        fresh = {row.event_id for row in uow.rows(unseen.returning(inbox.c.event_id))}
        return [envelope for envelope in group if envelope.event_id in fresh]

    def _not_parked(self, group: list[Envelope], uow: UnitOfWork) -> list[Envelope]:
        """Forget that these were parked, if they were: they are being handled."""
        uow.execute(delete(self.table).where(self.table.c.event_id.in_([e.event_id for e in group])))
        return group

    def _park_failure(self, envelope: Envelope, failure: Exception) -> None:
        match failure:
            case NotYet():
                self._park([envelope], failure.code, dead=False)
            case ServiceError():
                self._park([envelope], failure.code, dead=True)
            case ValidationError():
                fields = ", ".join(sorted({".".join(map(str, fault["loc"])) for fault in failure.errors()}))
                self._park([envelope], "schema_mismatch", dead=True, detail=fields)
            case _:
                logger.error("reaction_failed", exc_info=failure, extra={"event_type": envelope.type})
                self._park([envelope], "reaction_failed", dead=True, detail=type(failure).__name__)

    def _park(self, envelopes: list[Envelope], code: str, *, dead: bool, detail: str | None = None) -> None:
        inbox = self.table
        now = self.database.clock.now()
        attempts = inbox.c.attempts + 1
        waited_too_long = inbox.c.received_at < now - GIVE_UP_AFTER
        rows = [
            {
                "event_id": e.event_id,
                "type": e.type,
                "event_version": e.version,
                "state": "dead" if dead else "waiting",
                "attempts": 1,
                "next_at": None if dead else now + timedelta(seconds=1),
                "code": code,
                "detail": detail,
                "envelope": e.model_dump(mode="json"),
                "received_at": now,
            }
            for e in envelopes
        ]
        parked = insert_rows(inbox, rows)
        state = literal("dead") if dead else case((waited_too_long, "dead"), else_="waiting")
        pause = func.least(func.make_interval(0, 0, 0, 0, 0, 0, func.power(2, func.least(attempts, 12))), LONGEST_PAUSE)
        parked = parked.on_conflict_do_update(
            index_elements=[inbox.c.event_id],
            set_={
                "state": state,
                "attempts": attempts,
                "next_at": None if dead else now + pause,
                "code": parked.excluded.code,
                "detail": parked.excluded.detail,
                "envelope": parked.excluded.envelope,
            },
            where=inbox.c.state != "handled",
        )
        self.database.run(system_context(), lambda uow: uow.execute(parked))
        for envelope in envelopes:
            logger.warning("event_parked", extra={"event_type": envelope.type, "code": code, "dead": dead})
            metrics.event_handled(envelope.type, "dead" if dead else "waiting")

    def retry_waiting(self, limit: int = 100) -> int:
        """Try waiting events whose time has come; how many were tried."""
        inbox = self.table
        now = self.database.clock.now()
        due = (
            select(inbox.c.envelope)
            .where(inbox.c.state == "waiting", inbox.c.next_at <= now)
            .order_by(inbox.c.next_at)
            .limit(limit)
        )
        rows = self.database.run(system_context(), lambda uow: uow.rows(due))
        self.handle([Envelope.model_validate(row.envelope) for row in rows])
        return len(rows)

    def purge(self, uow: UnitOfWork) -> int:
        """Forget handled events older than 30 days, some at a time; how many."""
        inbox = self.table
        old = select(inbox.c.event_id).where(inbox.c.state == "handled", inbox.c.received_at < uow.now - KEEP_HANDLED)
        return uow.execute(delete(inbox).where(inbox.c.event_id.in_(old.limit(PURGE_ROWS)))).rowcount

    def replay(self, event_ids: Sequence[Any]) -> int:
        """Make dead events wait again, due at once; how many there were."""
        inbox = self.table
        now = self.database.clock.now()
        again = (
            update(inbox)
            .where(inbox.c.event_id.in_(event_ids), inbox.c.state == "dead")
            .values(state="waiting", next_at=now, received_at=now, attempts=0)
        )
        return self.database.run(system_context(), lambda uow: uow.execute(again).rowcount)
