"""The index that figures are made of has the list's order too, so that the list of a course at a point is found by it."""

from chassis.provisioning.migration_steps import indexes

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_selections_course_at_point": (
        "selections",
        ("selection_round_id", "teaching_point_id", "course_id", "state", "selected_at", "id"),
    )
}


def upgrade() -> None:
    indexes.upgrade(INDEXES, ("ix_selections_selection_round_id",))
