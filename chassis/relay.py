"""The relay: carries committed events from the outbox to the broker, each at least once.

Rows are locked, published, confirmed and deleted in one transaction. A process killed in between leaves the rows where
they were, and the next relay publishes them again: receivers recognise the event id.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, Protocol

from sqlalchemy import Row, delete, select

from chassis import metrics
from chassis.context import system_context
from chassis.database import Database

logger = logging.getLogger(__name__)

BATCH = 100
"""Messages in one transaction, with one wait for all their confirms."""
CONFIRMED_WITHIN: Final = timedelta(seconds=45)
"""How long the rows' transaction may wait for the broker, which is given 30 s to take and confirm a batch."""


class EventPublisher(Protocol):
    """Publishes messages and returns when the broker has confirmed every one of them. Raises otherwise."""

    def publish(self, messages: Sequence[Any]) -> None: ...


class Relay:
    """Empties one service's outbox into a publisher."""

    def __init__(self, database: Database, publisher: EventPublisher) -> None:
        self.database = database
        self.publisher = publisher
        self.outbox = database.service.metadata.tables["outbox"]

    def run_once(self) -> int:
        """Publish up to 100 events; how many there were. Several relays share the work: each takes unlocked rows."""
        outbox = self.outbox
        oldest = select(outbox.c.id).order_by(outbox.c.id).limit(BATCH).with_for_update(skip_locked=True).cte("oldest")
        take = delete(outbox).where(outbox.c.id == oldest.c.id).returning(outbox)
        with self.database.unit_of_work(system_context(), idle=CONFIRMED_WITHIN) as uow:
            messages: list[Row[Any]] = sorted(uow.rows(take), key=lambda row: row.id)
            if messages:
                self.publisher.publish(messages)
        if messages:
            metrics.outbox_published(len(messages))
        return len(messages)

    def drain(self) -> int:
        """Publish until the outbox is empty; how many events went out."""
        total = 0
        while count := self.run_once():
            total += count
        return total
