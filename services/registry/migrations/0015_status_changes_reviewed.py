"""Status changes wait for a second person of the school.

What was entered before was decided by entering it and stays as it is: it took effect, or is a transfer that waits for
finance. Processes of the version before go on entering such rows until the last of them is replaced.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STATES = "state IN ('first_review_passed', 'pending_clearance', 'approved', 'rejected', 'revoked')"
OPEN = "state IN ('first_review_passed', 'pending_clearance')"


def upgrade() -> None:
    op.add_column("status_changes", sa.Column("decided_by", sa.Uuid(), nullable=True))
    op.drop_constraint(op.f("ck_status_changes_state"), "status_changes", type_="check")
    op.create_check_constraint(op.f("ck_status_changes_state"), "status_changes", STATES)
    op.drop_index("uq_status_changes_open", "status_changes")
    op.create_index("uq_status_changes_open", "status_changes", ["student_id"], unique=True, postgresql_where=sa.text(OPEN))
    op.create_index("ix_status_changes_state", "status_changes", ["state", "requested_at"])
