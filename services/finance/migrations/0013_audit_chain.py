"""The audit trail is chained."""

from chassis.provisioning.migration_steps import audit_chain

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    audit_chain.upgrade()
