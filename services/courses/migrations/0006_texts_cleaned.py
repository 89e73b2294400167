"""Texts that were stored before they were cleaned by their kind."""

from chassis.provisioning.migration_steps import texts_cleaned
from contracts.text.cleaning import free_text, title

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


TEXTS = {
    "terms": {"name": title},
    "courses": {"name": title},
    "course_versions": {"description": title},
    "assessment_requirements": {"note": free_text},
    "programmes": {"name": title, "major_name": title, "student_type": title, "student_source": title},
    "programme_modules": {"name": title},
    "selection_rounds": {"name": title},
    "withdrawals": {"reason": free_text},
}


def upgrade() -> None:
    texts_cleaned.upgrade(TEXTS)
