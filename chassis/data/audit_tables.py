"""Tables of the audit trail and of the chain that shows whether it was altered: every service has them.

An entry is followed by a mark in its own transaction, and a follower makes blocks of what is marked
(`chassis.data.audit_chain`); heads are what others know of the chain.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, Table, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.data.columns import id_column, instant
from chassis.data.row_scope import scope


def declare(metadata: MetaData) -> None:
    """The trail, the marks of what is not chained yet, the chain, and heads of chains."""
    _entries(metadata)
    _marks(metadata)
    _blocks(metadata)
    _heads(metadata)


def _entries(metadata: MetaData) -> None:
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
        # 122 random bits that go with the entry: nobody can guess what stood there from the digest that stays.
        Column("salt", Uuid, nullable=False, server_default=text("gen_random_uuid()")),
        Index("ix_audit_entries_object", "object_type", "object_id"),
        Index("ix_audit_entries_of_actor", "actor_id", "at", "id"),
        Index("ix_audit_entries_of_school", "at", "id"),
    )
    scope(audit, insert_by_all=True, append_only=True)


def _marks(metadata: MetaData) -> None:
    # Entries that are in no block yet. They are taken away by the function that makes the block.
    marks = Table(
        "audit_marks",
        metadata,
        Column("entry_id", Uuid, primary_key=True),
        instant("marked_at", server_default=func.now()),
    )
    scope(marks, system_only=True, insert_by_all=True, append_only=True)


def _blocks(metadata: MetaData) -> None:
    blocks = Table(
        "audit_blocks",
        metadata,
        Column("sequence", BigInteger, primary_key=True, autoincrement=False),
        instant("made_at"),
        Column("previous_hash", LargeBinary, nullable=False),
        Column("entry_ids", ARRAY(Uuid), nullable=False),
        Column("digests", ARRAY(LargeBinary), nullable=False),  # of each entry, in the same order
        Column("hash", LargeBinary, nullable=False),
    )
    scope(blocks, system_only=True, read_only=True)


def _heads(metadata: MetaData) -> None:
    # The newest block of a service's chain at some moment: its own, as it was told to others, or as another one told.
    # Of two with one sequence and different hashes both are kept: that is what they are kept for.
    heads = Table(
        "audit_heads",
        metadata,
        Column("service", Text, primary_key=True),
        Column("sequence", BigInteger, primary_key=True, autoincrement=False),
        Column("hash", LargeBinary, primary_key=True),
        instant("made_at"),
        instant("noted_at"),
        Index("ix_audit_heads_noted_at", "service", "noted_at"),
    )
    scope(heads, system_only=True, append_only=True)
