"""The audit trail is chained: tables of marks, blocks and heads, and a salt beside each entry.

Entries that were there before get their salt and their mark batch by batch, and are chained by the follower like new
ones. What the version before writes meanwhile has both by itself: the salt from the column's default, the mark from the
trigger, which is made here so that no entry falls between the batches and the provisioning that follows.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.data.audit_chain import MARK_ENTRY, MARK_FUNCTION

BATCH = 5_000
"""Entries that one transaction marks."""

_MARK_OLD = sa.text(
    """
WITH batch AS (
    SELECT id FROM audit_entries WHERE id > :after ORDER BY id LIMIT :most
), salted AS (
    UPDATE audit_entries e SET salt = gen_random_uuid() FROM batch WHERE e.id = batch.id AND e.salt IS NULL
    RETURNING e.id
), marked AS (
    INSERT INTO audit_marks (entry_id) SELECT id FROM salted
)
SELECT id FROM batch ORDER BY id DESC LIMIT 1
"""
)


def upgrade() -> None:
    """Make the tables, mark what there is, and see to it that no entry is without a salt. It can be run again: whatever
    a killed run has done stays."""
    migrating = op.get_bind()
    if not sa.inspect(migrating).has_table("audit_marks"):
        _make()
    lock_timeout = migrating.exec_driver_sql("SHOW lock_timeout").scalar_one()
    with op.get_context().autocommit_block(), migrating.engine.connect() as connection:
        connection.execute(sa.select(sa.func.set_config("lock_timeout", lock_timeout, False)))
        connection.commit()
        after: UUID | None = UUID(int=0)
        while after is not None:
            after = connection.scalar(_MARK_OLD, {"after": after, "most": BATCH})
            connection.commit()
        connection.exec_driver_sql("ALTER TABLE audit_entries VALIDATE CONSTRAINT salted")
        connection.commit()
    # Known to hold, so that nobody waits while all rows are read.
    op.alter_column("audit_entries", "salt", nullable=False)
    op.drop_constraint("salted", "audit_entries")


def _make() -> None:
    op.add_column("audit_entries", sa.Column("salt", sa.Uuid()))
    op.alter_column("audit_entries", "salt", server_default=sa.text("gen_random_uuid()"))
    op.execute("ALTER TABLE audit_entries ADD CONSTRAINT salted CHECK (salt IS NOT NULL) NOT VALID")
    op.create_table(
        "audit_marks",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_marks")),
    )
    op.create_table(
        "audit_blocks",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("entry_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("digests", postgresql.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_blocks")),
    )
    op.create_table(
        "audit_heads",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("service", "sequence", "hash", name=op.f("pk_audit_heads")),
    )
    op.create_index("ix_audit_heads_noted_at", "audit_heads", ["service", "noted_at"])
    op.execute(MARK_FUNCTION.statement)
    op.execute(f"CREATE TRIGGER {MARK_ENTRY.name} {MARK_ENTRY.definition}")
