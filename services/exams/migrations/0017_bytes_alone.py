"""Parked messages are kept as the bytes that they were, and in no second form."""

from chassis.provisioning.migration_steps import bytes_alone

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bytes_alone.upgrade()
