"""By which right an answer was given and a task started, and whose turn it was among those who have tasks."""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def upgrade(permissions: Mapping[str, str]) -> None:
    """Add the columns and the table. `permissions`: of the service's kinds of task, what each was started under."""
    op.add_column("idempotency_keys", sa.Column("rights", postgresql.JSONB(astext_type=sa.Text())))
    op.add_column("tasks", sa.Column("permission", sa.Text()))
    op.create_table(
        "task_turns",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("pk_task_turns")),
    )
    tasks = sa.table("tasks", sa.column("kind"), sa.column("permission"))
    for kind, permission in permissions.items():
        op.execute(sa.update(tasks).where(tasks.c.kind == kind).values(permission=permission))
