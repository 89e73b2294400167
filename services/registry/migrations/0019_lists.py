"""The list of students is quick over a million: cohorts, and indexes that end with its order."""

import sqlalchemy as sa

from chassis.provisioning.migration_steps import groups, indexes

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BY = ("intake", "level", "student_type", "student_source", "major_code", "schooling_length")
INDEXES = {
    "ix_students_of_point": ("students", ("teaching_point_id", "status", "confirmation", "student_number", "id")),
    "ix_students_of_school": ("students", ("status", "confirmation", "student_number", "id")),
    "ix_students_cohort_of_point": ("students", ("teaching_point_id", "cohort_id", "status", "student_number", "id")),
    "ix_students_cohort": ("students", ("cohort_id", "status", "student_number", "id")),
    "ix_students_name_of_point": ("students", ("teaching_point_id", "name", "id")),
    "ix_status_changes_of_point": ("status_changes", ("teaching_point_id", "state", "requested_at", "id")),
    "ix_status_changes_of_school": ("status_changes", ("state", "requested_at", "id")),
    "ix_issued_documents_of_point": ("issued_documents", ("teaching_point_id", "status", "issued_at", "id")),
    "ix_issued_documents_of_school": ("issued_documents", ("status", "issued_at", "id")),
    "ix_audit_entries_of_actor": ("audit_entries", ("actor_id", "at", "id")),
    "ix_audit_entries_of_school": ("audit_entries", ("at", "id")),
}
REPLACED = (
    "ix_students_teaching_point_id",
    "ix_students_teaching_point_id_name",
    "ix_status_changes_teaching_point_id",
    "ix_status_changes_requested_at",
    "ix_status_changes_state",
    "ix_issued_documents_teaching_point_id",
    "ix_issued_documents_issued_at",
    "ix_audit_entries_actor_id",
    "ix_audit_entries_at",
)


def upgrade() -> None:
    groups.upgrade("students", "cohorts", dict.fromkeys(BY, sa.Text()), "cohort_id", {})
    indexes.upgrade(INDEXES, REPLACED)
