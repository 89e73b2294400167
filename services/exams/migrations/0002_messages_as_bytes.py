"""Parked messages are kept as bytes, with their sender and their way."""

from chassis.provisioning.migration_steps import messages_as_bytes

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    messages_as_bytes.upgrade()
