"""Parked events that name no sender have to be settled first."""

from chassis.provisioning.migration_steps import senders_demanded

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    senders_demanded.upgrade()
