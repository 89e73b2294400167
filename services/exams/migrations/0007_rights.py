"""Answers are kept with what allowed them, tasks with the permission that started them; turns among users."""

from chassis.provisioning.migration_steps import rights

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    rights.upgrade({})
