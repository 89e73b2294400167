"""The relay: carries committed events and changed states to the broker, each at least once.

Rows are locked, published, confirmed and deleted in one transaction. A process killed in between leaves the rows where
they were, and the next relay publishes them again: receivers recognise the event id, or the version of a state.

States go before facts: whoever reacts to a fact finds its own copies as new as the fact.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import orjson
from sqlalchemy import Row

from chassis import metrics
from chassis.context import system_context
from chassis.database import Database
from chassis.ids import new_id
from chassis.prepared import Prepared
from chassis.service import PublishesEntry
from chassis.tombstones import tombstone
from chassis.unit_of_work import UnitOfWork
from contracts.base import MAX_EVENT_ROWS, Envelope, StateItem, exchange, routing_key

logger = logging.getLogger(__name__)

BATCH = 100
"""Facts in one transaction, with one wait for all their confirms. Notes: as many as items ride in one message."""


class EventPublisher(Protocol):
    """Publishes messages and returns when the broker has confirmed every one of them. Raises otherwise."""

    def publish(self, messages: Sequence[Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message, and what it was made of: an outbox row (`id`), or the notes of changed states."""

    exchange: str
    routing_key: str
    message: str
    id: int | None = None
    notes: tuple[Row[Any], ...] = ()


class Relay:
    """Empties one service's state notes and outbox into a publisher."""

    def __init__(self, database: Database, publisher: EventPublisher) -> None:
        self.database = database
        self.publisher = publisher
        self.publications = database.service.publications

    def run_once(self) -> int:
        """Publish up to 500 changed states and 100 events; how many rows that was. Several relays share the work:
        each takes unlocked rows."""
        with self.database.unit_of_work(system_context()) as uow:
            taken = _TAKE.run(uow.connection, {"notes": MAX_EVENT_ROWS, "facts": BATCH}).all()
            messages = [*self._states(taken, uow), *_facts(taken)]
            if messages:
                self.publisher.publish(messages)
        if messages:
            metrics.outbox_published(len(messages))
        return len(taken)

    def drain(self) -> int:
        """Publish until nothing is left; how many rows that was."""
        total = 0
        while count := self.run_once():
            total += count
        return total

    def _states(self, taken: Sequence[Row[Any]], uow: UnitOfWork) -> Iterator[Outgoing]:
        """One message for each kind and cause."""
        groups: dict[tuple[str, UUID | None], list[Row[Any]]] = {}
        for row in taken:
            if row.kind in self.publications:  # else a note of a kind that this version publishes no more
                groups.setdefault((row.kind, row.correlation_id), []).append(row)
        for (kind, correlation_id), notes in groups.items():
            entry = self.publications[kind]
            items = items_of(entry, notes, uow)
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
            yield Outgoing(*where, orjson.dumps(envelope.model_dump()).decode(), notes=tuple(notes))


def _facts(taken: Sequence[Row[Any]]) -> Iterator[Outgoing]:
    for row in sorted((row for row in taken if row.kind is None), key=lambda row: row.id):
        yield Outgoing(row.exchange, row.routing_key, row.message, row.id)


def items_of(entry: PublishesEntry, notes: Sequence[Row[Any]], uow: UnitOfWork) -> tuple[StateItem, ...]:
    """The rows of the notes as they now are; of those that were deleted, and are not there again, tombstones."""
    items = {item.id: item for item in entry.builder(list({note.row_id: None for note in notes}), uow)}
    for note in notes:
        if note.version is not None and note.row_id not in items:
            items[note.row_id] = tombstone(entry.state, note.row_id, note.version, note.last_seen)
    return tuple(items.values())


# One look, one snapshot: it finds a transaction's notes and its facts or neither. `noted_at` and `created_at` are the
# begin of their transaction. A fact waits while a note of that or an earlier moment is left, or in another relay's
# hands; later ones don't hold it up. What has no cause waits until nothing else is there.
_TAKE = Prepared(
    "take_outgoing",
    """
WITH urgent AS MATERIALIZED (
    SELECT id FROM state_notes WHERE correlation_id IS NOT NULL
    ORDER BY noted_at, id LIMIT %(notes)s FOR UPDATE SKIP LOCKED
), noted AS (
    DELETE FROM state_notes WHERE id IN (SELECT id FROM urgent) RETURNING *
), left_over AS MATERIALIZED (
    SELECT noted_at FROM state_notes WHERE correlation_id IS NOT NULL AND id NOT IN (SELECT id FROM noted)
    ORDER BY noted_at LIMIT 1
), oldest AS MATERIALIZED (
    SELECT id FROM outbox WHERE NOT EXISTS (SELECT FROM left_over WHERE noted_at <= outbox.created_at)
    ORDER BY id LIMIT %(facts)s FOR UPDATE SKIP LOCKED
), facts AS (
    DELETE FROM outbox WHERE id IN (SELECT id FROM oldest) RETURNING *
), patient AS MATERIALIZED (
    SELECT id FROM state_notes
    WHERE correlation_id IS NULL AND NOT EXISTS (SELECT FROM noted) AND NOT EXISTS (SELECT FROM facts)
    ORDER BY id LIMIT %(notes)s FOR UPDATE SKIP LOCKED
), renoted AS (
    DELETE FROM state_notes WHERE id IN (SELECT id FROM patient) RETURNING *
)
SELECT id, NULL AS exchange, NULL AS routing_key, NULL AS message,
       kind, row_id, correlation_id, causation_id, version, last_seen
FROM (SELECT * FROM noted UNION ALL SELECT * FROM renoted) AS notes
UNION ALL
SELECT id, exchange, routing_key, message, NULL, NULL, NULL, NULL, NULL, NULL FROM facts
""",
    notes="integer",
    facts="integer",
)
