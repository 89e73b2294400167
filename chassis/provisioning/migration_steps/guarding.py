"""The tables of a service that has operations for anybody (`chassis.work.public`)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "asked_often",
        sa.Column("what", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_asked_often")),
    )
    op.create_index("ix_asked_often_until", "asked_often", ["until"])
    op.create_table(
        "spent_work",
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_spent_work")),
    )
    op.create_index("ix_spent_work_spent_at", "spent_work", ["spent_at"])
    op.create_table(
        "work_secret",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_secret")),
    )
