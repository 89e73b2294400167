"""Texts that were stored before they were cleaned by their kind."""

from chassis.provisioning.migration_steps import texts_cleaned
from contracts.text.cleaning import title

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


TEXTS = {
    "exam_rounds": {"name": title},
    "exam_sessions": {"name": title},
}


def upgrade() -> None:
    texts_cleaned.upgrade(TEXTS)
