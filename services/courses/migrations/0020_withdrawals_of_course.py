"""Withdrawals of a course are quick by state too, as its selections are: merged over the states they are all of them."""

from chassis.provisioning.migration_steps import indexes

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INDEXES = {"ix_withdrawals_of_course_by_state": ("withdrawals", ("course_id", "state", "requested_at", "id"))}


def upgrade() -> None:
    indexes.upgrade(INDEXES, ("ix_withdrawals_of_course",))
