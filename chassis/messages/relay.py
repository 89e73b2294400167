"""The relay: carries committed events and changed states to the broker, each at least once.

Rows are locked, published, confirmed and deleted in one transaction. A process killed in between leaves the rows where
they were, and the next relay publishes them again: receivers recognise the event id, or the version of a state. What no
queue takes stays in the outbox until one does.

States go before facts: whoever reacts to a fact finds its own copies as new as the fact.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

import orjson
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from chassis.base import metrics
from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.data.bulk import insert_rows
from chassis.data.database import Database
from chassis.data.prepared import Prepared
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.entries import PublishesEntry
from chassis.messages.tombstones import tombstone
from contracts.base import MAX_EVENT_ROWS, Envelope, StateItem, exchange, routing_key

logger = logging.getLogger(__name__)

BATCH: Final = 100
"""Facts in one transaction, with one wait for all their confirms. Of notes it takes as many as ride in one message."""
CONFIRMED_WITHIN: Final = timedelta(seconds=45)
"""How long the rows' transaction may wait for the broker, which is given 30 s to take and confirm a batch."""
RETRY_RETURNED: Final = timedelta(seconds=10)
"""How long a message that no queue took is left alone."""
RETRY_FAILED: Final = timedelta(minutes=1)
"""How long a note is left alone whose row could not be shown."""


class EventPublisher(Protocol):
    """Publishes messages and returns when the broker has confirmed every one of them: those that no queue took.
    Raises otherwise."""

    def publish(self, messages: Sequence[Any]) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for the broker. `made_at` is when what it tells of was committed, nearly."""

    exchange: str
    routing_key: str
    message: str
    made_at: datetime


class Relay:
    """Empties one service's state notes and outbox into a publisher."""

    def __init__(self, database: Database, publisher: EventPublisher) -> None:
        self.database = database
        self.publisher = publisher
        self.publications = database.service.publications
        tables = database.service.metadata.tables
        self.outbox, self.notes = tables["outbox"], tables["state_notes"]

    def run_once(self) -> int:
        """Publish up to 500 changed states and 100 events; how many rows that was. Several relays share the work:
        each takes unlocked rows."""
        with self.database.unit_of_work(system_context(), idle=CONFIRMED_WITHIN) as uow:
            limits = {"notes": MAX_EVENT_ROWS, "facts": BATCH, "kinds": list(self.publications)}
            taken = _TAKE.run(uow.connection, limits).all()
            self._publish([*self._states(taken, uow), *_facts(taken)], uow)
        return len(taken)

    def retry_returned(self) -> int:
        """Publish again some of what no queue took a while ago; how many of those there were. States that could not be
        built have their turn again too."""
        outbox = self.outbox
        long_ago = outbox.c.returned_at < self.database.clock.now() - RETRY_RETURNED
        some = select(outbox.c.id).where(long_ago).order_by(outbox.c.returned_at).limit(BATCH)
        some = some.with_for_update(skip_locked=True)
        take = delete(outbox).where(outbox.c.id.in_(some.scalar_subquery())).returning(outbox)
        with self.database.unit_of_work(system_context(), idle=CONFIRMED_WITHIN) as uow:
            taken = uow.rows(take)
            self._publish(list(_facts(taken)), uow)
            failed_at = self.notes.c.failed_at
            uow.execute(update(self.notes).where(failed_at < uow.now - RETRY_FAILED).values(failed_at=None))
        return len(taken)

    def _publish(self, messages: Sequence[Outgoing], uow: UnitOfWork) -> None:
        """Publish messages; those that nobody took go to the outbox, apart from the rest: it is tried again with them,
        and the rest goes on."""
        if not messages:
            return
        returned = self.publisher.publish(messages)
        metrics.outbox_published(len(messages) - len(returned))
        if returned:
            rows = [
                {
                    "exchange": message.exchange,
                    "routing_key": message.routing_key,
                    "message": message.message,
                    "created_at": message.made_at,
                    "returned_at": uow.now,
                }
                for message in returned
            ]
            uow.execute(insert_rows(self.outbox, rows))

    def drain(self) -> int:
        """Publish until nothing is left; how many rows that was."""
        total = 0
        while count := self.run_once():
            total += count
        return total

    def _states(self, taken: Sequence[Row[Any]], uow: UnitOfWork) -> Iterator[Outgoing]:
        """One message for each kind and cause, in the order of the notes."""
        groups: dict[tuple[str, UUID | None], list[Row[Any]]] = {}
        for row in sorted((row for row in taken if row.kind is not None), key=lambda row: row.id):
            groups.setdefault((row.kind, row.correlation_id), []).append(row)
        for (kind, correlation_id), notes in groups.items():
            entry = self.publications[kind]
            items = self._items(entry, notes, uow)
            if not items:
                continue
            envelope = Envelope.of(
                entry.state(items=items),
                event_id=new_id(),
                occurred_at=uow.now,
                correlation_id=correlation_id or uow.context.correlation_id,
                causation_id=notes[0].causation_id,
            )
            where = exchange(entry.state.owner), routing_key(entry.state)
            yield Outgoing(*where, orjson.dumps(envelope.model_dump()).decode(), uow.now)

    def _items(self, entry: PublishesEntry, notes: Sequence[Row[Any]], uow: UnitOfWork) -> tuple[StateItem, ...]:
        """The items of these notes. A row that its contract refuses, such as one repaired by hand, is set apart by
        halving: it holds up no other state and no fact."""
        try:
            return items_of(entry, notes, uow)
        except DBAPIError:
            raise  # nothing more can be done in this transaction
        except Exception as error:
            if len(notes) > 1:
                middle = len(notes) // 2
                return (*self._items(entry, notes[:middle], uow), *self._items(entry, notes[middle:], uow))
            logger.error("state_not_built", extra={"kind": entry.kind, "error": type(error).__name__})
            columns = ("kind", "row_id", "correlation_id", "causation_id", "version", "last_seen")
            apart = {**{name: getattr(notes[0], name) for name in columns}, "failed_at": uow.now}
            uow.execute(insert(self.notes).values(apart))
            return ()


def _facts(taken: Sequence[Row[Any]]) -> Iterator[Outgoing]:
    for row in sorted((row for row in taken if row.message is not None), key=lambda row: row.id):
        yield Outgoing(row.exchange, row.routing_key, row.message, row.created_at)


def items_of(entry: PublishesEntry, notes: Sequence[Row[Any]], uow: UnitOfWork) -> tuple[StateItem, ...]:
    """The rows of the notes as they now are; of those that were deleted, and are not there again, tombstones."""
    items = {item.id: item for item in entry.builder(list({note.row_id: None for note in notes}), uow)}
    for note in notes:
        if note.version is not None and note.row_id not in items:
            items[note.row_id] = tombstone(entry.state, note.row_id, note.version, note.last_seen)
    return tuple(items.values())


# One look, one snapshot: it finds a transaction's notes and its facts or neither. `noted_at` and `created_at` are the
# begin of their transaction. A fact waits while a note of that or an earlier moment is left, or in another relay's
# hands; later ones don't hold it up. What has no cause waits until nothing else is there. Kinds that only another
# version publishes are left to its processes.
_TAKE = Prepared(
    "take_outgoing",
    """
WITH urgent AS MATERIALIZED (
    SELECT id FROM state_notes WHERE correlation_id IS NOT NULL AND failed_at IS NULL AND kind = ANY (%(kinds)s)
    ORDER BY noted_at, id LIMIT %(notes)s FOR UPDATE SKIP LOCKED
), noted AS (
    DELETE FROM state_notes WHERE id IN (SELECT id FROM urgent) RETURNING *
), left_over AS MATERIALIZED (
    SELECT noted_at FROM state_notes
    WHERE correlation_id IS NOT NULL AND failed_at IS NULL AND kind = ANY (%(kinds)s)
      AND id NOT IN (SELECT id FROM noted)
    ORDER BY noted_at LIMIT 1
), oldest AS MATERIALIZED (
    SELECT id FROM outbox
    WHERE returned_at IS NULL AND NOT EXISTS (SELECT FROM left_over WHERE noted_at <= outbox.created_at)
    ORDER BY id LIMIT %(facts)s FOR UPDATE SKIP LOCKED
), facts AS (
    DELETE FROM outbox WHERE id IN (SELECT id FROM oldest) RETURNING *
), patient AS MATERIALIZED (
    SELECT id FROM state_notes
    WHERE correlation_id IS NULL AND failed_at IS NULL AND kind = ANY (%(kinds)s)
      AND NOT EXISTS (SELECT FROM noted) AND NOT EXISTS (SELECT FROM facts)
    ORDER BY id LIMIT %(notes)s FOR UPDATE SKIP LOCKED
), renoted AS (
    DELETE FROM state_notes WHERE id IN (SELECT id FROM patient) RETURNING *
)
SELECT id, NULL AS exchange, NULL AS routing_key, NULL AS message, NULL::timestamptz AS created_at,
       kind, row_id, correlation_id, causation_id, version, last_seen
FROM (SELECT * FROM noted UNION ALL SELECT * FROM renoted) AS notes
UNION ALL
SELECT id, exchange, routing_key, message, created_at, NULL, NULL, NULL, NULL, NULL, NULL FROM facts
""",
    notes="integer",
    facts="integer",
    kinds="text[]",
)
