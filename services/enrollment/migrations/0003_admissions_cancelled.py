"""Admissions are taken back; forms are found by their documents, and by who may be the same person."""

import sqlalchemy as sa
from alembic import op

from chassis.provisioning.migration_steps import indexes

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
    for name, condition in (("state", STATES), ("admitted", ADMITTED)):
        op.drop_constraint(op.f(f"ck_applications_{name}"), "applications", type_="check")
        op.create_check_constraint(op.f(f"ck_applications_{name}"), "applications", sa.text(condition))
    indexes.upgrade(INDEXES, only={"ix_applications_id_number_then": "prior_id_number_then IS NOT NULL"})
