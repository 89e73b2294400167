"""Texts that were stored before they were cleaned by their kind."""

from chassis.provisioning.migration_steps import texts_cleaned
from contracts.text.cleaning import free_text, title

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


TEXTS = {
    "fee_standards": {"student_type": title, "student_source": title},
    "remittances": {"payer_name": title, "note": free_text},
    "withdrawal_reviews": {"reason": free_text},
    "refunds": {"note": free_text},
}


def upgrade() -> None:
    texts_cleaned.upgrade(TEXTS)
