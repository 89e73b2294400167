"""Lists of bills and of the ledger are quick over millions: cohorts, and indexes that end with their order."""

import sqlalchemy as sa

from chassis.provisioning.migration_steps import groups, indexes

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BY = ("intake", "level", "student_type", "major_code", "schooling_length")
INDEXES = {
    "ix_bills_of_point": ("bills", ("teaching_point_id", "status", "issued_at", "id")),
    "ix_bills_of_school": ("bills", ("status", "issued_at", "id")),
    "ix_bills_cohort_of_point": ("bills", ("teaching_point_id", "cohort_id", "status", "issued_at", "id")),
    "ix_bills_cohort": ("bills", ("cohort_id", "status", "issued_at", "id")),
    "ix_bills_course": ("bills", ("course_id", "issued_at", "id")),
    "ix_ledger_entries_of_point": ("ledger_entries", ("teaching_point_id", "account", "posted_at", "id")),
    "ix_ledger_entries_of_school": ("ledger_entries", ("account", "posted_at", "id")),
}
REPLACED = (
    "ix_bills_point",
    "ix_bills_point_issued_at",
    "ix_bills_issued_at",
    "ix_ledger_entries_point",
    "ix_ledger_entries_posted_at",
)


def upgrade() -> None:
    groups.upgrade("students", "cohorts", dict.fromkeys(BY, sa.Text()), "cohort_id", {"bills": "student_id"})
    indexes.upgrade(INDEXES, REPLACED)
