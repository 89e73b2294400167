"""Admissions are taken back; forms are found by their documents, and by who may be the same person."""

from chassis.provisioning.migration_steps import checks, indexes

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = "state IN ('first_review_passed', 'admitted', 'rejected', 'withdrawn', 'admission_cancelled')"
ADMITTED = (
    "state NOT IN ('admitted', 'admission_cancelled') OR (student_id IS NOT NULL AND student_number IS NOT NULL)"
)
INDEXES = {
    "ix_applications_id_number": ("applications", ("id_number",)),
    "ix_applications_id_number_then": ("applications", ("prior_id_number_then",)),
    "ix_applications_person": ("applications", ("name", "birth_on")),
}


def upgrade() -> None:
    checks.upgrade("applications", {"ck_applications_state": STATES, "ck_applications_admitted": ADMITTED})
    indexes.upgrade(INDEXES, only={"ix_applications_id_number_then": "prior_id_number_then IS NOT NULL"})
