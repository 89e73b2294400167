"""The list of students is quick over a million: cohorts, and indexes that end with its order."""

import sqlalchemy as sa

from chassis.provisioning.migration_steps import groups, indexes

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BY = ("intake", "level", "student_type", "student_source", "major_code", "schooling_length")
INDEXES = {
    "ix_students_of_point": ("students", ("teaching_point_id", "status", "confirmation", "student_number", "id")),
    "ix_students_of_school": ("students", ("status", "confirmation", "student_number", "id")),
    "ix_students_cohort_of_point": ("students", ("teaching_point_id", "cohort_id", "student_number", "id")),
    "ix_students_cohort": ("students", ("cohort_id", "student_number", "id")),
    "ix_students_name_of_point": ("students", ("teaching_point_id", "name", "id")),
}
REPLACED = ("ix_students_teaching_point_id", "ix_students_teaching_point_id_name")


def upgrade() -> None:
    groups.upgrade("students", "cohorts", dict.fromkeys(BY, sa.Text()), "cohort_id", {})
    indexes.upgrade(INDEXES, REPLACED)
