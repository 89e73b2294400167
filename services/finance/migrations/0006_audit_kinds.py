"""Kinds of the audit trail are names of tables."""

from chassis.provisioning.migration_steps import audit_kinds

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    audit_kinds.upgrade(
        {
            "bill": "bills",
            "fee_standard": "fee_standards",
            "refund": "refunds",
            "refund_rule": "refund_rules",
            "remittance": "remittances",
            "suspense_item": "suspense_items",
            "transfer": "transfers",
            "withdrawal_review": "withdrawal_reviews",
        }
    )
