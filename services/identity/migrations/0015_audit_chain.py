"""The audit trail is chained."""

from chassis.provisioning.migration_steps import audit_chain

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    audit_chain.upgrade()
