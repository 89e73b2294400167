"""Files of requests."""

from chassis.provisioning.migration_steps import attachments

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    attachments.upgrade()
