"""A student number is one whatever its case.

Processes of the version before go on: what they enter twice is kept out by the index as it was by the constraint.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("uq_students_student_number", "students", type_="unique")
    _stop_at_doubles()  # nobody can enter one any more until this transaction ends
    op.create_index("uq_students_student_number", "students", [sa.text("lower(student_number)")], unique=True)


def _stop_at_doubles() -> None:
    """Say which records are meant, by id: the database's own message would show a student's number."""
    doubles = op.get_bind().execute(sa.text(_DOUBLES)).scalars().all()
    if doubles:
        raise RuntimeError(
            "these students have numbers that differ by case only, give one of each another number first"
            f" (services/registry/README.md): {', '.join(map(str, doubles))}"
        )


_DOUBLES = """
SELECT id FROM (SELECT id, count(*) OVER (PARTITION BY lower(student_number)) AS alike FROM students) AS numbered
WHERE alike > 1 ORDER BY id LIMIT 100
"""
