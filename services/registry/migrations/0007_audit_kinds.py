"""Kinds of the audit trail are names of tables."""

from chassis.provisioning.migration_steps import audit_kinds

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    audit_kinds.upgrade({})
