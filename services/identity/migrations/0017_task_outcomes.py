"""What came of a task."""

from chassis.provisioning.migration_steps import task_outcomes

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    task_outcomes.upgrade()
