"""What a command, reaction or job works with: one transaction and what is to be written at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, CursorResult, Executable, Row, Select, Table
from sqlalchemy.exc import DBAPIError

from chassis.base.clock import local_date
from chassis.base.context import Context, Scope
from chassis.base.failures import TooSlow
from chassis.base.ids import new_id
from chassis.data.prepared import Prepared
from chassis.data.row_scope import role_name
from chassis.data.whole_lists import WholeList
from chassis.declaring.service import Service
from contracts.base import MAX_EVENT_ROWS, Envelope, Event, Fact, exchange, routing_key, type_name
from contracts.errors import ServiceError

CANCELLED = "57014"
"""PostgreSQL's code for a statement that was ended, mostly for its time."""
_AT_MOST = "SAVEPOINT at_most; SET LOCAL statement_timeout = {most}"
_TAKE_BACK = "ROLLBACK TO SAVEPOINT at_most; RELEASE SAVEPOINT at_most"

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class DuplicateCommand(Exception):
    """This idempotency key has been used by this actor for this command: its stored answer counts."""


class UnitOfWork:
    """One transaction. Reads and writes go through it; events, audit rows and the answer are written when it ends."""

    def __init__(
        self,
        connection: Connection,
        context: Context,
        *,
        service: type[Service],
        database: str,
        now: datetime,
        apart: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self.connection = connection
        self.context = context
        self.service = service
        self.tables: Mapping[str, Table] = service.metadata.tables
        self.now = now
        self.apart = apart
        """A short transaction of its own as the system, which stays whatever becomes of this one. Its commit waits for
        no disk: what it wrote is safe there when this one is."""
        self.whole_list: WholeList | None = None
        """Where a list leaves what it is made of, while all its rows are wanted (`chassis.data.whole_lists`)."""
        self._database = database
        self._outbox: list[dict[str, str]] = []
        self._published: set[type[Event]] = set()
        self._expected: set[type[Event]] = set()
        self._audit: list[dict[str, Any]] = []
        self._noted = False
        self._answer: dict[str, Any] | None = None
        self._causes: dict[int, Envelope] = {}
        self._sees_all = context.scope.kind == "system"

    @property
    def today(self) -> date:
        """Today's date in Asia/Shanghai."""
        return local_date(self.now)

    @property
    def acting_user(self) -> UUID:
        """Who acts. Raises ServiceError `unauthenticated` for the system, which has no account."""
        if self.context.actor.user_id is None:
            raise ServiceError("unauthenticated")
        return self.context.actor.user_id

    @property
    def left_events(self) -> bool:
        """Whether this unit of work left anything for the relay: events, or notes of changed states."""
        return bool(self._outbox) or self._noted

    # --- reading and writing ---

    def execute(self, statement: Executable, parameters: Parameters = None) -> CursorResult[Any]:
        """Run a statement."""
        return self.connection.execute(statement, parameters)

    def rows(self, statement: Executable, parameters: Parameters = None) -> list[Row[Any]]:
        """All rows of a statement."""
        return list(self.execute(statement, parameters).all())

    def blocks(self, statement: Select[Any], size: int) -> Iterator[Sequence[Row[Any]]]:
        """The rows of a select as it finds them now, so many at a time and never all in memory."""
        yield from self.execute(statement.execution_options(yield_per=size)).partitions(size)

    def first(self, statement: Executable, parameters: Parameters = None) -> Row[Any] | None:
        """The first row, or None."""
        return self.execute(statement, parameters).first()

    def one(self, statement: Executable, parameters: Parameters = None) -> Row[Any]:
        """The first row. Raises ServiceError `not_found` when there is none in the actor's scope."""
        row = self.first(statement, parameters)
        if row is None:
            raise ServiceError("not_found")
        return row

    def scalar(self, statement: Executable, parameters: Parameters = None) -> Any:
        """The first column of the first row, or None."""
        return self.execute(statement, parameters).scalar()

    def scalars(self, statement: Executable, parameters: Parameters = None) -> Sequence[Any]:
        """The first column of all rows."""
        return self.execute(statement, parameters).scalars().all()

    # --- what is written at the end ---

    def publish(self, event: Event, *, because: Event | None = None) -> None:
        """Put an event in the outbox. `because` names the received event that it answers (by default the first one)."""
        self._published.add(type(event))
        self._enqueue(exchange(type(event).owner), routing_key(type(event)), event, because)

    def expect(self, event: type[Event]) -> None:
        """Something was done of which others hear by this event: without one the transaction does not commit."""
        self._expected.add(event)

    def publish_rows(self, event: type[Fact], rows: Sequence[Any], *, because: Event | None = None) -> None:
        """Publish a fact about many rows, split so that no message carries more than 500; none for no rows."""
        if event.rows_field is None:
            raise TypeError(f"{event.__name__} is not about rows")
        for start in range(0, len(rows), MAX_EVENT_ROWS):
            part = tuple(rows[start : start + MAX_EVENT_ROWS])
            self.publish(event(**{event.rows_field: part}), because=because)

    def publish_to(self, exchange_name: str, key: str, event: Event) -> None:
        """Put an event in the outbox for one receiver: the copy protocol's requests and replies."""
        self._enqueue(exchange_name, key, event, None)

    def audit(
        self,
        table: Table,
        object_id: UUID,
        action: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Note who did what to which row of a table, with the fields that changed. ID numbers are masked when shown."""
        self._audit.append(
            {
                "id": new_id(),
                "object_type": table.name,
                "object_id": object_id,
                "action": action,
                "before": before,
                "after": after,
            }
        )

    def caused_by(self, events: Sequence[Event], envelopes: Sequence[Envelope]) -> None:
        """Remember the envelopes of received events, so that what is published names its cause."""
        self._causes = {id(event): envelope for event, envelope in zip(events, envelopes, strict=True)}

    def answer(self, answer: dict[str, Any], command: str, hashed_body: bytes, rights: Mapping[str, Any]) -> None:
        """Store the answer under the command's idempotency key, in this same transaction, with what it was allowed by
        (`chassis.base.rights`)."""
        self._answer = {"command": command, "body_hash": hashed_body.hex(), "answer": answer, "rights": rights}

    def finish(self) -> None:
        """Write events, audit rows and the answer in one statement: the last one before the commit.

        Raises DuplicateCommand when the idempotency key has an answer already, LookupError when an expected event was
        not published; the transaction must roll back.
        """
        if untold := self._expected - self._published:
            raise LookupError(f"nobody was told: {', '.join(sorted(event.__name__ for event in untold))}")
        if not (self._outbox or self._audit or self._answer):
            return
        context = self.context
        parameters = {
            "outbox": orjson.dumps(self._outbox).decode(),
            "audit": orjson.dumps(self._audit, default=str).decode(),
            "key": context.idempotency_key if self._answer and context.actor.user_id else None,
            "answer": orjson.dumps(self._answer or {}).decode(),
            "actor_id": str(context.actor.user_id) if context.actor.user_id else None,
            "actor_name": context.actor.name,
            "teaching_point_id": str(context.actor.teaching_point_id) if context.actor.teaching_point_id else None,
            "client": context.client,
            "correlation_id": str(context.correlation_id),
        }
        written = _FINISH.run(self.connection, parameters).one()
        if parameters["key"] is not None and not written.kept:
            raise DuplicateCommand
        self._noted = written.noted

    @contextmanager
    def at_most(self, milliseconds: int) -> Iterator[None]:
        """Read for so long, and no longer. Raises TooSlow, unless the caller's own deadline comes first. What is
        written inside is taken back."""
        left = self.context.seconds_left()
        most = milliseconds if left is None else max(1, min(milliseconds, int(left * 1000)))
        self.connection.exec_driver_sql(_AT_MOST.format(most=most))
        try:
            yield
        except DBAPIError as error:
            if most == milliseconds and getattr(error.orig, "pgcode", None) == CANCELLED:
                raise TooSlow from None
            raise
        finally:
            if not self.connection.invalidated:
                self._take_back()

    def _take_back(self) -> None:
        """The time may run out while what was read is given up, which is then done once more."""
        try:
            self.connection.exec_driver_sql(_TAKE_BACK)
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) != CANCELLED:
                raise
            self.connection.exec_driver_sql(_TAKE_BACK)

    @contextmanager
    def as_system(self) -> Iterator[None]:
        """See all rows inside the block: for what is out of the actor's sight and yet follows from what they may do.

        Say why. An exception that leaves the block ends the transaction, or goes back to a savepoint before it.
        """
        if self._sees_all:
            yield
            return
        self._take_role("system")
        self._sees_all = True
        yield
        self._take_role(self.context.scope.kind)
        self._sees_all = False

    @contextmanager
    def within(self, scope: Scope) -> Iterator[None]:
        """See the rows of another scope inside the block: one that the actor holds too, or that a task was started in.
        An exception that leaves the block ends the transaction."""
        outer, saw_all = self.context, self._sees_all
        self._see(replace(outer, scope=scope), sees_all=scope.kind == "system")
        yield
        self._see(outer, sees_all=saw_all)

    def _see(self, context: Context, *, sees_all: bool) -> None:
        self.context, self._sees_all = context, sees_all
        self._take_role("system" if sees_all else context.scope.kind)
        self._name_ids(context.scope)

    def _name_ids(self, scope: Scope) -> None:
        ids = "{" + ",".join(map(str, scope.ids)) + "}"
        self.connection.exec_driver_sql("SELECT set_config('app.scope', %s, true)", (ids,))

    def _take_role(self, kind: str) -> None:
        self.connection.exec_driver_sql("SELECT set_config('role', %s, true)", (role_name(self._database, kind),))

    def _enqueue(self, exchange_name: str, key: str, event: Event, because: Event | None) -> None:
        cause = self._causes.get(id(because)) if because is not None else next(iter(self._causes.values()), None)
        envelope = {
            "event_id": new_id(),
            "type": type_name(type(event)),
            "version": type(event).version,
            "occurred_at": self.now,
            "correlation_id": cause.correlation_id if cause else self.context.correlation_id,
            "causation_id": cause.event_id if cause else self.context.causation_id,
            "data": event.model_dump(mode="json"),
        }
        self._outbox.append({"exchange": exchange_name, "routing_key": key, "message": orjson.dumps(envelope).decode()})


# `kept` is 0 when the key was already there; `noted` is what the triggers of `chassis.messages.state_notes` left.
# Text parameters carry JSON: one round trip whatever the number of rows.
_FINISH = Prepared(
    "finish",
    """
WITH events AS (
    INSERT INTO outbox (exchange, routing_key, message)
    SELECT exchange, routing_key, message
    FROM jsonb_to_recordset(%(outbox)s) AS e (exchange text, routing_key text, message text)
), audited AS (
    INSERT INTO audit_entries (
        id, actor_id, actor_name, teaching_point_id, client, correlation_id,
        object_type, object_id, action, before, after
    )
    SELECT id, %(actor_id)s, %(actor_name)s, %(teaching_point_id)s, %(client)s, %(correlation_id)s,
           object_type, object_id, action, before, after
    FROM jsonb_to_recordset(%(audit)s)
        AS a (id uuid, object_type text, object_id uuid, action text, before jsonb, after jsonb)
), marked AS (
    INSERT INTO audit_marks (entry_id) SELECT id FROM jsonb_to_recordset(%(audit)s) AS a (id uuid)
), kept AS (
    INSERT INTO idempotency_keys (actor_id, command, key, body_hash, answer, rights)
    SELECT %(actor_id)s, answer ->> 'command', %(key)s, decode(answer ->> 'body_hash', 'hex'), answer -> 'answer',
           answer -> 'rights'
    FROM (SELECT %(answer)s AS answer) AS stored
    WHERE %(key)s IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM kept) AS kept, coalesce(current_setting('app.noted', true), '') = 'yes' AS noted
""",
    outbox="jsonb",
    audit="jsonb",
    key="text",
    answer="jsonb",
    actor_id="uuid",
    actor_name="text",
    teaching_point_id="uuid",
    client="text",
    correlation_id="uuid",
)
