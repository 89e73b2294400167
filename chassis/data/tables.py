"""A service's metadata, with the tables that every service has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.data import audit_tables, message_tables, work_tables
from chassis.data.columns import id_column, instant
from chassis.data.retention import kept_for
from chassis.data.row_scope import scope

ANSWERS_KEPT: Final = timedelta(days=7)
"""So long a command that is sent again under its key is answered as the first time."""

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
    message_tables.declare(metadata)
    audit_tables.declare(metadata)
    work_tables.declare(metadata)
    _idempotency_keys(metadata)
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


def _idempotency_keys(metadata: MetaData) -> None:
    keys = Table(
        "idempotency_keys",
        metadata,
        Column("actor_id", Uuid, primary_key=True),
        Column("command", Text, primary_key=True),
        Column("key", String(200), primary_key=True),
        Column("body_hash", LargeBinary, nullable=False),
        Column("answer", JSONB, nullable=False),
        Column("rights", JSONB),  # empty in what is older than the column, and is repeated to nobody
        instant("created_at", server_default=func.now()),
        Index("ix_idempotency_keys_created_at", "created_at"),
    )
    kept_for(keys, ANSWERS_KEPT, since="created_at")
    scope(keys, system_only=True, insert_by_all=True)
