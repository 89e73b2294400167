"""The school's name, which stands on slips."""

from chassis.provisioning.migration_steps import shared_settings

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    shared_settings.upgrade()
