"""People are found by any part of their names, and by the beginnings of their numbers."""

from chassis.provisioning.migration_steps import names_found

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    names_found.upgrade(
        "students",
        name="name",
        scoped={"teaching_point_id": False},
        numbers={"students": "student_number"},
        replaced=("ix_students_name_parts", "ix_students_student_number_parts"),
    )
