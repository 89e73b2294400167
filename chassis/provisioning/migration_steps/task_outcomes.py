"""What came of a task, as people are told: one column, the same in every service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def upgrade() -> None:
    """Add the column."""
    op.add_column("tasks", sa.Column("outcome", postgresql.JSONB(), nullable=True))
