"""Withdrawals that were over when their student moved stayed behind: from now on each is where its selection is."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        WITH moved AS (
            UPDATE withdrawals SET teaching_point_id = selections.teaching_point_id
            FROM selections
            WHERE selections.id = withdrawals.selection_id
              AND selections.teaching_point_id <> withdrawals.teaching_point_id
            RETURNING withdrawals.id, withdrawals.teaching_point_id
        )
        UPDATE workflow_history SET teaching_point_id = moved.teaching_point_id
        FROM moved WHERE workflow_history.subject_id = moved.id
        """
    )
