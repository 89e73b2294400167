"""The relay: carries committed events from the outbox to the broker, each at least once.

Rows are locked, published, confirmed and deleted in one transaction. A process killed in between leaves the rows where
they were, and the next relay publishes them again: receivers recognise the event id. What no queue took stays in the
outbox until one does.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Row, delete, select

from chassis import metrics
from chassis.bulk import insert_rows
from chassis.context import system_context
from chassis.database import Database
from chassis.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)

BATCH = 100
"""Messages in one transaction, with one wait for all their confirms."""
CONFIRMED_WITHIN: Final = timedelta(seconds=45)
"""How long the rows' transaction may wait for the broker, which is given 30 s to take and confirm a batch."""
RETRY_RETURNED = timedelta(seconds=10)
"""How long a message that no queue took is left alone."""


class EventPublisher(Protocol):
    """Publishes messages and returns when the broker has confirmed every one of them: those that no queue took.
    Raises otherwise."""

    def publish(self, messages: Sequence[Any]) -> Sequence[Any]: ...


class Relay:
    """Empties one service's outbox into a publisher."""

    def __init__(self, database: Database, publisher: EventPublisher) -> None:
        self.database = database
        self.publisher = publisher
        self.outbox = database.service.metadata.tables["outbox"]

    def run_once(self) -> int:
        """Publish up to 100 events; how many there were. Several relays share the work: each takes unlocked rows."""
        return self._carry(self.outbox.c.returned_at.is_(None))

    def retry_returned(self) -> int:
        """Publish again some of what no queue took a while ago; how many of them have one now."""
        returned_at = self.outbox.c.returned_at
        return self._carry(returned_at < self.database.clock.now() - RETRY_RETURNED)

    def _carry(self, which: ColumnElement[bool]) -> int:
        outbox = self.outbox
        ids = select(outbox.c.id).where(which).order_by(outbox.c.id).limit(BATCH)
        oldest = ids.with_for_update(skip_locked=True).cte("oldest")
        take = delete(outbox).where(outbox.c.id == oldest.c.id).returning(outbox)
        with self.database.unit_of_work(system_context(), idle=CONFIRMED_WITHIN) as uow:
            messages: list[Row[Any]] = sorted(uow.rows(take), key=lambda row: row.id)
            returned = self.publisher.publish(messages) if messages else ()
            if returned:
                self._keep(returned, uow)
        if messages:
            metrics.outbox_published(len(messages) - len(returned))
        return len(messages)

    def _keep(self, returned: Sequence[Any], uow: UnitOfWork) -> None:
        """Put back what nobody took, apart from the rest: it is tried again, and the rest goes on."""
        columns = ("exchange", "routing_key", "message", "created_at")
        rows = [{**{name: getattr(row, name) for name in columns}, "returned_at": uow.now} for row in returned]
        uow.execute(insert_rows(self.outbox, rows))

    def drain(self) -> int:
        """Publish until the outbox is empty; how many events went out."""
        total = 0
        while count := self.run_once():
            total += count
        return total
