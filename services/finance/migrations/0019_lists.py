"""Lists of bills and of the ledger are quick over millions: cohorts, and indexes that end with their order."""

import sqlalchemy as sa

from chassis.provisioning.migration_steps import groups, indexes

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BY = ("intake", "level", "student_type", "major_code", "schooling_length")
INDEXES = {
    "ix_bills_updated_at": ("bills", ("updated_at",)),
    "ix_remittances_updated_at": ("remittances", ("updated_at",)),
    "ix_bills_of_point": ("bills", ("teaching_point_id", "status", "issued_at", "id")),
    "ix_bills_of_school": ("bills", ("status", "issued_at", "id")),
    "ix_bills_cohort_of_point": ("bills", ("teaching_point_id", "cohort_id", "status", "issued_at", "id")),
    "ix_bills_cohort": ("bills", ("cohort_id", "status", "issued_at", "id")),
    "ix_bills_course_of_point": ("bills", ("teaching_point_id", "course_id", "issued_at", "id")),
    "ix_ledger_entries_of_point": ("ledger_entries", ("teaching_point_id", "account", "posted_at", "id")),
    "ix_ledger_entries_of_school": ("ledger_entries", ("account", "posted_at", "id")),
    "ix_withdrawal_reviews_of_point": ("withdrawal_reviews", ("teaching_point_id", "state", "requested_at", "id")),
    "ix_withdrawal_reviews_of_school": ("withdrawal_reviews", ("state", "requested_at", "id")),
    "ix_refunds_of_point": ("refunds", ("teaching_point_id", "state", "created_at", "id")),
    "ix_refunds_of_school": ("refunds", ("state", "created_at", "id")),
    "ix_remittances_of_point": ("remittances", ("teaching_point_id", "state", "created_at", "id")),
    "ix_remittances_of_school": ("remittances", ("state", "created_at", "id")),
    "ix_suspense_items_of_point": ("suspense_items", ("teaching_point_id", "booked_at", "id")),
    "ix_suspense_items_of_school": ("suspense_items", ("booked_at", "id")),
    "ix_audit_entries_of_actor": ("audit_entries", ("actor_id", "at", "id")),
    "ix_audit_entries_of_school": ("audit_entries", ("at", "id")),
}
REPLACED = (
    "ix_bills_point",
    "ix_bills_point_issued_at",
    "ix_bills_issued_at",
    "ix_ledger_entries_point",
    "ix_withdrawal_reviews_point",
    "ix_withdrawal_reviews_state",
    "ix_refunds_point",
    "ix_refunds_state",
    "ix_remittances_point",
    "ix_remittances_state",
    "ix_suspense_items_point",
    "ix_audit_entries_actor_id",
    "ix_audit_entries_at",
)


def upgrade() -> None:
    groups.upgrade("students", "cohorts", dict.fromkeys(BY, sa.Text()), "cohort_id", {"bills": "student_id"})
    indexes.upgrade(INDEXES, REPLACED)
