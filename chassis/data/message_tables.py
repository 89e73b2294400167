"""Tables of what was sent and heard: every service has them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.data.columns import instant, leaving, one_of
from chassis.data.retention import kept_for
from chassis.data.row_scope import scope

HANDLED_KEPT: Final = timedelta(days=30)
"""So long it is noticed that an event came twice."""
PARKED_KEPT: Final = timedelta(days=180)
"""So long there is an alarm of what was parked; who has not looked by then does not need what people wrote in it."""


def declare(metadata: MetaData) -> None:
    """Outbox, noted states, inbox, and the state of copies."""
    _outbox(metadata)
    _state_notes(metadata)
    _inbox(metadata)
    _copies(metadata)


def _outbox(metadata: MetaData) -> None:
    outbox = Table(
        "outbox",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("exchange", Text, nullable=False),
        Column("routing_key", Text, nullable=False),
        Column("message", Text, nullable=False),
        instant("created_at", server_default=func.now()),
        # Set while the broker has no queue for it: kept apart, and tried again.
        instant("returned_at", nullable=True),
        Index("ix_outbox_waiting", "id", postgresql_where=text("returned_at IS NULL")),
        Index("ix_outbox_returned_at", "returned_at", postgresql_where=text("returned_at IS NOT NULL")),
    )
    scope(outbox, system_only=True, insert_by_all=True)


def _state_notes(metadata: MetaData) -> None:
    notes = Table(
        "state_notes",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("kind", Text, nullable=False),
        Column("row_id", Uuid, nullable=False),
        # Empty: nothing waits for it (a repair by hand, a migration, what is announced again).
        Column("correlation_id", Uuid),
        Column("causation_id", Uuid),
        # Of a deleted row: its last version, and what others saw of it.
        Column("version", Integer),
        Column("last_seen", JSONB),
        instant("noted_at", server_default=func.now()),
        # Set while the row can't be shown as its contract has it: kept apart, and tried again.
        instant("failed_at", nullable=True),
        Index(
            "ix_state_notes_urgent",
            "noted_at",
            "id",
            postgresql_where=text("correlation_id IS NOT NULL AND failed_at IS NULL"),
        ),
    )
    scope(notes, system_only=True)


def _inbox(metadata: MetaData) -> None:
    inbox = Table(
        "inbox",
        metadata,
        Column("event_id", Uuid, primary_key=True),
        Column("type", Text, nullable=False),
        Column("event_version", Integer, nullable=False),
        Column("state", Text, nullable=False),
        Column("attempts", Integer, nullable=False, server_default=text("0")),
        instant("next_at", nullable=True),
        Column("code", Text),
        Column("detail", Text),
        # What was received, as it was: no type of the database may refuse it. Handled events keep none of this.
        Column("body", LargeBinary),
        Column("sender", Text),
        Column("exchange", Text),
        Column("routing_key", Text),
        Column("headers", JSONB),
        instant("received_at", server_default=func.now()),
        one_of("state", ("handled", "waiting", "dead", "refused")),
        Index("ix_inbox_parked", "state", "next_at", postgresql_where=text("state <> 'handled'")),
        Index("ix_inbox_received_at", "received_at"),
    )
    leaving(inbox, "envelope")  # `body` took its place; processes of the version before empty both
    scope(inbox, system_only=True)
    kept_for(inbox, HANDLED_KEPT, since="received_at", only=inbox.c.state == "handled")
    kept_for(inbox, PARKED_KEPT, since="received_at", only=inbox.c.state == "refused")
    # The row stays, for something is not done that should have been: it is still told that, and of what.
    carried = ("body", "headers")
    kept_for(inbox, PARKED_KEPT, since="received_at", only=inbox.c.state == "dead", blank=carried)


def _copies(metadata: MetaData) -> None:
    wanted = Table(
        "copy_states",
        metadata,
        Column("kind", Text, primary_key=True),
        Column("request_id", Uuid, nullable=False),
        instant("requested_at"),
        instant("completed_at", nullable=True),
    )
    scope(wanted, system_only=True)
    asked = Table(
        "copy_requests",
        metadata,
        Column("request_id", Uuid, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("reply_to", Text, nullable=False),
        Column("after_id", Uuid),
        Column("sent", Integer, nullable=False, server_default=text("0")),
        instant("created_at", server_default=func.now()),
    )
    scope(asked, system_only=True)
