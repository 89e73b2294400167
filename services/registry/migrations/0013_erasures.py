"""Counts of what was let go."""

from chassis.provisioning.migration_steps import erasures

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    erasures.upgrade()
