"""Indexes go that every registration entered and nobody reads: what is unpaid is found by its round and state, and nobody
looks for the resits of one registration."""

from chassis.provisioning.migration_steps import indexes

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    indexes.upgrade({}, ("ix_exam_registrations_unpaid", "ix_exam_registrations_resit_of"))
