"""Tables that every service has, and the pieces that its own tables are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.columns import id_column, instant, one_of, stamps
from chassis.files import files_table
from chassis.row_scope import scope
from chassis.tasks import tasks_tables

__all__ = ["copy_table", "id_column", "instant", "one_of", "service_metadata", "stamps"]

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def service_metadata(service: str) -> MetaData:
    """A service's metadata with the chassis tables in it: outbox, inbox, answers, audit, history, copies, tasks."""
    metadata = MetaData(naming_convention=NAMING, info={"service": service})
    _outbox(metadata)
    _state_notes(metadata)
    _inbox(metadata)
    _idempotency_keys(metadata)
    _audit_entries(metadata)
    _workflow_history(metadata)
    _schedules(metadata)
    _copy_tables(metadata)
    tasks_tables(metadata)
    files_table(metadata)
    return metadata


def copy_table(name: str, metadata: MetaData, *columns: Column[Any] | Index) -> Table:
    """A local copy of another service's rows: its columns have the names of the state item's fields.

    `version` is the owner's, so no trigger raises it here; `seen_at` tells a rebuild which rows the owner has no more.
    """
    return Table(
        name,
        metadata,
        id_column(),
        Column("version", Integer, nullable=False),
        Column("deleted", Boolean, nullable=False, server_default=text("false")),
        instant("seen_at"),
        *columns,
    )


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
        Column("envelope", JSONB),  # written by the version before alone; goes with the next
        instant("received_at", server_default=func.now()),
        one_of("state", ("handled", "waiting", "dead", "refused")),
        Index("ix_inbox_parked", "state", "next_at", postgresql_where=text("state <> 'handled'")),
        Index("ix_inbox_received_at", "received_at"),
    )
    scope(inbox, system_only=True)


def _idempotency_keys(metadata: MetaData) -> None:
    keys = Table(
        "idempotency_keys",
        metadata,
        Column("actor_id", Uuid, primary_key=True),
        Column("command", Text, primary_key=True),
        Column("key", String(200), primary_key=True),
        Column("body_hash", LargeBinary, nullable=False),
        Column("answer", JSONB, nullable=False),
        instant("created_at", server_default=func.now()),
        Index("ix_idempotency_keys_created_at", "created_at"),
    )
    scope(keys, system_only=True, insert_by_all=True)


def _audit_entries(metadata: MetaData) -> None:
    audit = Table(
        "audit_entries",
        metadata,
        id_column(),
        instant("at", server_default=func.now()),
        Column("actor_id", Uuid),
        Column("actor_name", Text, nullable=False),
        Column("teaching_point_id", Uuid),
        Column("client", Text),
        Column("correlation_id", Uuid, nullable=False),
        Column("object_type", Text, nullable=False),
        Column("object_id", Uuid, nullable=False),
        Column("action", Text, nullable=False),
        Column("before", JSONB),
        Column("after", JSONB),
        Index("ix_audit_entries_object", "object_type", "object_id"),
        Index("ix_audit_entries_actor_id", "actor_id", "at"),
        Index("ix_audit_entries_at", "at"),
    )
    scope(audit, insert_by_all=True, append_only=True)


def _workflow_history(metadata: MetaData) -> None:
    history = Table(
        "workflow_history",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("workflow", Text, nullable=False),
        Column("subject_id", Uuid, nullable=False),
        Column("from_state", Text),
        Column("action", Text, nullable=False),
        Column("to_state", Text, nullable=False),
        Column("actor_id", Uuid),
        Column("actor_name", Text, nullable=False),
        Column("note", Text),
        Column("teaching_point_id", Uuid),
        Column("student_id", Uuid),
        Column("course_id", Uuid),
        instant("at", server_default=func.now()),
        Index("ix_workflow_history_subject", "subject_id", "id"),
    )
    scope(
        history,
        point="teaching_point_id",
        student="student_id",
        course="course_id",
        append_only=True,
        movable="teaching_point_id",
    )


def _schedules(metadata: MetaData) -> None:
    schedules = Table(
        "schedules",
        metadata,
        Column("name", Text, primary_key=True),
        instant("next_at"),
        instant("last_run_at", nullable=True),
    )
    scope(schedules, system_only=True)


def _copy_tables(metadata: MetaData) -> None:
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
