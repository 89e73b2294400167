"""Texts that were stored before they were cleaned by their kind."""

import sqlalchemy as sa
from alembic import op

from chassis.provisioning.migration_steps import texts_cleaned
from contracts.text.cleaning import free_text, person_name, title, unescaped

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


TEXTS = {
    "students": {
        "name": person_name,
        "prior_name_then": person_name,
        "political_status": title,
        "student_type": title,
        "student_source": title,
        "major_name": title,
        "home_address": title,
        "postal_address": title,
        "employer": title,
        "prior_level": title,
        "prior_school": title,
        "prior_major": title,
    },
    "status_changes": {"reason": free_text},
}


def _of_cell(clean: texts_cleaned.Clean) -> texts_cleaned.Clean:
    """Records came from workbooks, whose escapes were taken for text."""
    return lambda text: clean(unescaped(text))


def upgrade() -> None:
    texts_cleaned.upgrade({**TEXTS, "students": {name: _of_cell(clean) for name, clean in TEXTS["students"].items()}})
    # Numbers are found by their beginning whatever their case. Names are found by any part: an index of their
    # beginnings is of no use any more. What is dropped is locked against reading, so it comes last.
    op.create_index(
        "ix_students_lower_number_begins", "students", [sa.text("lower(student_number) text_pattern_ops")], unique=False
    )
    op.drop_index("ix_students_number_begins", "students")
    op.drop_index("ix_students_name_begins", "students")
