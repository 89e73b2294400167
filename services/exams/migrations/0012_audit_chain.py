"""The audit trail is chained."""

from chassis.provisioning.migration_steps import audit_chain

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    audit_chain.upgrade()
