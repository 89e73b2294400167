"""The inbox: handles received events once each, many in one transaction, and parks those that fail.

Who may say what is asked first: a message from anybody but its owner is put aside and never runs. Then three failures
are told apart. *Not yet*: what the event needs has not arrived; it is tried again for a day. *Permanent*: no rule or
contract lets it in; it is kept as dead for a person to look at. *Infrastructure*: the database is out of reach; nothing
is recorded, the messages stay with the broker and no attempt is spent.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from pydantic import ValidationError
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.base import metrics
from chassis.base.context import system_context
from chassis.base.failures import NotYet, passes
from chassis.data.bulk import ids_in, insert_rows
from chassis.data.database import Database, is_infrastructure_failure
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.entries import IDLE, ReactionEntry
from chassis.messages.broker import service_queue
from chassis.messages.copies import Copies
from chassis.messages.delivery import Delivery, distrust
from chassis.messages.parking import FORGOTTEN, Parking
from contracts.base import Envelope, Event, State, UnknownEvent, routing_key
from contracts.copies import CopyCompleted, CopyRequested
from contracts.errors import ServiceError
from contracts.versions import newest, newest_class

logger = logging.getLogger(__name__)

IDLE_FOR_EACH: Final = timedelta(seconds=0.3)
"""An event of 500 rows takes its time between two statements, on a busy machine most of all."""
COPIED: Final = (State, CopyRequested, CopyCompleted)
"""Events of the copy protocol, which the chassis handles itself."""
WAIT_WHOLE: Final = 4
"""So often an event waits as a whole for what it needs; what is missing is mostly here in a moment. Then its rows go
each their own way, so that one of them holds up no other."""


def _no_break() -> None:
    """What `handle` calls between transactions when nobody needs to breathe."""


class Inbox:
    """Handles the messages that one service hears."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.service = database.service
        self.table = database.service.metadata.tables["inbox"]
        self.copies = Copies(database)
        self.parking = Parking(database)

    def handle(self, deliveries: Sequence[Delivery], breathe: Callable[[], None] = _no_break) -> None:
        """Handle messages in any order, grouped by type. Returns when each is handled, parked or put aside; raises only
        infrastructure failures, after which the same messages may be handed in again."""
        groups: dict[tuple[str, int, bool], dict[object, Delivery]] = {}
        for delivery in deliveries:
            if reason := distrust(delivery, self.service):
                if delivery.tried:
                    self.parking.bury([delivery], reason)  # a row already, under its own event's id
                else:
                    self.parking.refuse(delivery, reason)
            elif delivery.envelope is None:
                self.parking.bury([delivery], "undecodable_message")
            else:
                kind = (delivery.envelope.type, delivery.envelope.version, delivery.is_copy_page)
                groups.setdefault(kind, {})[delivery.identity] = delivery
        for group in groups.values():
            self._handle_group(list(group.values()), breathe)
            breathe()

    def _handle_group(self, group: list[Delivery], breathe: Callable[[], None]) -> None:
        event = group[0].event_class
        entry = self.service.reactions.get(routing_key(newest_class(event))) if event is not None else None
        if group[0].comes_next(self.service.heard):
            self.parking.wait(group, "unknown_version")  # whoever takes this process's place reads it
            return
        if event is None or (entry is None and not issubclass(event, COPIED)):
            self.parking.bury(group, "unknown_event")
            return
        self._attempt(group, entry, breathe)

    def _attempt(self, group: list[Delivery], entry: ReactionEntry | None, breathe: Callable[[], None]) -> None:
        """Handle a group in one transaction; when it fails, its halves, until the bad ones stand alone: first the
        events of the group, then the rows of an event."""
        failure = self._failure_of(group, entry)
        if failure is None:
            return
        if isinstance(failure, ServiceError) and failure.code != "deadline_exceeded" and passes(failure):
            self.parking.wait(group, failure.code)  # somebody holds a row: nothing is wrong with any of them
            return
        breathe()
        if len(group) > 1:
            middle = len(group) // 2
            self._attempt(group[:middle], entry, breathe)
            self._attempt(group[middle:], entry, breathe)
        elif self._worth_splitting(group[0], failure):
            self._split(group[0], entry, breathe)
        else:
            self._park_failure(group[0], failure)

    def _failure_of(self, group: list[Delivery], entry: ReactionEntry | None) -> Exception | None:
        """Handle a group; what made it fail, or None. Raises what is nobody's fault: the infrastructure's failures."""
        began = time.monotonic()
        try:
            self._in_one_transaction(group, entry)
        except (DBAPIError, PoolTimeout) as error:
            # A group that takes the process so long that PostgreSQL ends it is halved like any other that fails.
            divisible = len(group) > 1 or len(group[0].rows()) > 1
            too_large = divisible and time.monotonic() - began > IDLE.total_seconds() and self.database.reachable()
            if is_infrastructure_failure(error) and not too_large:
                raise
            return error
        except Exception as error:
            return error
        return None

    @staticmethod
    def _worth_splitting(delivery: Delivery, failure: Exception) -> bool:
        """Whether some rows of this event may succeed without the others."""
        if isinstance(failure, NotYet) and delivery.tried < WAIT_WHOLE:
            return False
        return len(delivery.rows()) > 1

    def _split(self, delivery: Delivery, entry: ReactionEntry | None, breathe: Callable[[], None]) -> None:
        """Handle the rows of one event in two parts, each an event of its own from now on. A process that dies in
        between finds the event again: the same parts have the same ids, and what is done stays done."""
        rows = len(delivery.rows())
        for part in (delivery.part(0, rows // 2), delivery.part(rows // 2, rows)):
            self._attempt([part], entry, breathe)

        def is_done(uow: UnitOfWork) -> None:
            (self._not_parked if entry is None else self._mark_handled)([delivery], uow)

        self.database.run(system_context(), is_done)

    def _in_one_transaction(self, group: list[Delivery], entry: ReactionEntry | None) -> None:
        first = _envelope(group[0])
        context = system_context(first.correlation_id, first.event_id)

        def work(uow: UnitOfWork) -> None:
            # Copies take the same event twice without harm, so that only reactions need a row for each.
            fresh = self._not_parked(group, uow) if entry is None else self._mark_handled(group, uow)
            if not fresh:
                return
            events: list[Event] = [newest(_envelope(delivery).event()) for delivery in fresh]
            if entry is not None:
                uow.caused_by(events, [_envelope(delivery) for delivery in fresh])
                entry.handler(events, uow)
            if isinstance(events[0], COPIED):
                self.copies.take(events, uow, fresh)

        self.database.run(context, work, idle=IDLE + len(group) * IDLE_FOR_EACH)
        now = self.database.clock.now()
        for delivery in group:
            envelope = _envelope(delivery)
            metrics.event_handled(envelope.type, "handled", (now - envelope.occurred_at).total_seconds())

    def _mark_handled(self, group: list[Delivery], uow: UnitOfWork) -> list[Delivery]:
        """Record the group as handled; those among them that had not been before."""
        inbox = self.table
        rows = [
            {"event_id": each.identity, "type": e.type, "event_version": e.version, "state": "handled"}
            for each, e in ((each, _envelope(each)) for each in group)
        ]
        unseen = insert_rows(inbox, rows).on_conflict_do_update(
            index_elements=[inbox.c.event_id],
            set_={**FORGOTTEN, "state": "handled"},
            where=inbox.c.state != "handled",
        )
        fresh = {row.event_id for row in uow.rows(unseen.returning(inbox.c.event_id))}
        return [delivery for delivery in group if delivery.identity in fresh]

    def _not_parked(self, group: list[Delivery], uow: UnitOfWork) -> list[Delivery]:
        """Forget that these were parked, if they were: they are being handled."""
        uow.execute(delete(self.table).where(ids_in(self.table.c.event_id, [delivery.identity for delivery in group])))
        return group

    def _park_failure(self, delivery: Delivery, failure: Exception) -> None:
        match failure:
            case NotYet():
                self.parking.wait([delivery], failure.code)
            case ServiceError() if passes(failure):
                self.parking.wait([delivery], failure.code)
            case ServiceError():
                self.parking.bury([delivery], failure.code)
            case ValidationError():
                fields = ", ".join(sorted({".".join(map(str, fault["loc"])) for fault in failure.errors()}))
                self.parking.bury([delivery], "schema_mismatch", fields)
            case UnknownEvent():
                self.parking.bury([delivery], "unknown_event")
            case _:
                logger.error("reaction_failed", exc_info=failure, extra={"event_type": _envelope(delivery).type})
                self.parking.bury([delivery], "reaction_failed", type(failure).__name__)

    def set_aside(self, delivery: Delivery) -> None:
        """Keep a message that fails in a way that is nobody's refusal, to be tried again later."""
        self.parking.wait([delivery], "handling_failed")

    def bury(self, deliveries: Sequence[Delivery], breathe: Callable[[], None] = _no_break) -> None:
        """Keep what the broker gave up, such as messages that killed their process again and again, as dead rows with
        the way that they first came."""
        for delivery in deliveries:
            original, reason = delivery.before_death(service_queue(self.service.name))
            self.parking.bury([original], reason)
            breathe()

    def retry_waiting(self, limit: int = 100) -> int:
        """Try waiting events whose time has come; how many were tried."""
        due = self.parking.claim_due(limit)
        self.handle(due)
        return len(due)


def _envelope(delivery: Delivery) -> Envelope:
    assert delivery.envelope is not None, "handle lets nothing else in"
    return delivery.envelope
