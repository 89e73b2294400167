"""Counts of what was let go: one table, the same in every service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "erasures",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("blanked", sa.Boolean(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("on", "object_type", "blanked", name=op.f("pk_erasures")),
    )
