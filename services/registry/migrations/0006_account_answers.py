"""What identity answered about the accounts of students."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_answers",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_account_answers_student_id")),
        sa.PrimaryKeyConstraint("student_id", name=op.f("pk_account_answers")),
    )
