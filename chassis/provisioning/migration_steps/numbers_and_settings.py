"""Counters of numbers that people read, and settings of the school."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "number_counters",
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("beginning", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("template", "beginning", name=op.f("pk_number_counters")),
    )
    now = sa.text("now()")
    op.create_table(
        "school_settings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("value", postgresql.JSONB(none_as_null=True, astext_type=sa.Text())),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revokes_id", sa.Uuid()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Uuid()),
        sa.Column("entered_by_name", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.CheckConstraint("(revokes_id IS NULL) = (value IS NOT NULL)", name=op.f("ck_school_settings_value")),
        sa.ForeignKeyConstraint(["revokes_id"], ["school_settings.id"], name=op.f("fk_school_settings_revokes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_settings")),
        sa.UniqueConstraint("name", "revision", name=op.f("uq_school_settings_name_revision")),
        sa.UniqueConstraint("revokes_id", name=op.f("uq_school_settings_revokes_id")),
    )
    op.create_index("ix_school_settings_in_effect", "school_settings", ["name", "effective_from", "revision"])
