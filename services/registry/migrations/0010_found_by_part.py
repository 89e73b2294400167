"""Names and numbers are found by any part, over the whole school."""

from chassis.provisioning.migration_steps import found_by_part

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_students_name_parts": ("students", "name"),
}


def upgrade() -> None:
    found_by_part.upgrade(INDEXES)
