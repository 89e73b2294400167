"""Changed states are noted."""

from chassis.provisioning.migration_steps import state_notes

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    state_notes.upgrade()
