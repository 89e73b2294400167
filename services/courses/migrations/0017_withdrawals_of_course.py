"""The list of withdrawals is quick by the course too, as for who sees a single one."""

from chassis.provisioning.migration_steps import indexes

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INDEXES = {"ix_withdrawals_of_course": ("withdrawals", ("course_id", "requested_at", "id"))}
REPLACED = ("ix_withdrawals_course_id",)


def upgrade() -> None:
    indexes.upgrade(INDEXES, REPLACED)
