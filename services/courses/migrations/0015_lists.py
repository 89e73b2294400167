"""Lists of selections and cohorts are quick over millions: cohorts, and indexes that end with their order."""

import sqlalchemy as sa

from chassis.provisioning.migration_steps import groups, indexes

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BY = {
    "intake": sa.String(6),
    "level": sa.Text(),
    "student_type": sa.String(20),
    "student_source": sa.String(20),
    "major_code": sa.String(10),
    "schooling_length": sa.String(4),
}
INDEXES = {
    "ix_students_cohort_of_point": ("students", ("teaching_point_id", "cohort_id", "student_number", "id")),
    "ix_students_cohort": ("students", ("cohort_id", "student_number", "id")),
    "ix_selections_of_point": ("selections", ("teaching_point_id", "state", "selected_at", "id")),
    "ix_selections_of_school": ("selections", ("state", "selected_at", "id")),
    "ix_selections_of_course": ("selections", ("course_id", "selected_at", "id")),
    "ix_selections_of_round": ("selections", ("selection_round_id", "state", "selected_at", "id")),
    "ix_selections_cohort_of_point": ("selections", ("teaching_point_id", "cohort_id", "selected_at", "id")),
    "ix_selections_cohort": ("selections", ("cohort_id", "selected_at", "id")),
    "ix_withdrawals_of_point": ("withdrawals", ("teaching_point_id", "state", "requested_at", "id")),
    "ix_withdrawals_of_school": ("withdrawals", ("state", "requested_at", "id")),
    "ix_audit_entries_of_actor": ("audit_entries", ("actor_id", "at", "id")),
    "ix_audit_entries_of_school": ("audit_entries", ("at", "id")),
}
REPLACED = (
    "ix_students_teaching_point_id",
    "ix_students_intake",
    "ix_selections_teaching_point_id",
    "ix_selections_course_id",
    "ix_withdrawals_teaching_point_id",
    "ix_withdrawals_state",
    "ix_audit_entries_actor_id",
    "ix_audit_entries_at",
)


def upgrade() -> None:
    groups.upgrade("students", "cohorts", BY, "cohort_id", {"selections": "student_id"})
    indexes.upgrade(INDEXES, REPLACED)
