"""What is asked how often without an account, and work that is done for it."""

from chassis.provisioning.migration_steps import guarding

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    guarding.upgrade()
