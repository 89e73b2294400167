"""Permissions that people hand to colleagues for a time."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delegations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.Text(), server_default="counts", nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('counts', 'taken_back', 'given_back', 'lost', 'expired')", name=op.f("ck_delegations_state")
        ),
        sa.ForeignKeyConstraint(["giver_id"], ["users.id"], name=op.f("fk_delegations_giver_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["users.id"], name=op.f("fk_delegations_receiver_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    open_ones = sa.text("state = 'counts'")
    op.create_index(
        "uq_delegations_open",
        "delegations",
        ["giver_id", "receiver_id", "permission"],
        unique=True,
        postgresql_where=open_ones,
    )
    op.create_index("ix_delegations_giver_id", "delegations", ["giver_id", "given_at"])
    op.create_index("ix_delegations_receiver_id", "delegations", ["receiver_id", "given_at"])
