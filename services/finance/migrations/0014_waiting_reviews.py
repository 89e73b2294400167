"""Reviews that wait are counted by their state."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_withdrawal_reviews_state", "withdrawal_reviews", ["state", "requested_at"])
