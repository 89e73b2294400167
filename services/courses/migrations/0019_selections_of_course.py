"""The list of a course's selections is quick by state too, as that of a point: merged over the states it is that of all."""

from chassis.provisioning.migration_steps import indexes

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INDEXES = {"ix_selections_of_course_by_state": ("selections", ("course_id", "state", "selected_at", "id"))}


def upgrade() -> None:
    indexes.upgrade(INDEXES, ("ix_selections_of_course",))
