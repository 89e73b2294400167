"""Refresh tokens are numbered; failures are counted for whoever guesses; requests that open a session are known again;
who was shut out by a person stays so."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "password_failures",
        sa.Column("count", sa.LargeBinary(), nullable=False),
        sa.Column("failed_at", postgresql.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("count", name=op.f("pk_password_failures")),
    )
    op.create_index("ix_password_failures_last_at", "password_failures", ["last_at"])
    op.add_column("credentials", sa.Column("forgiven_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("credentials", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sessions", sa.Column("secret", sa.LargeBinary(), nullable=True))
    op.add_column("sessions", sa.Column("generation", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column(
        "sessions",
        sa.Column(
            "recent_uses",
            postgresql.ARRAY(sa.DateTime(timezone=True)),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column("sessions", sa.Column("opened_by", sa.LargeBinary(), nullable=True))
    op.add_column("sessions", sa.Column("place", sa.Text(), nullable=True))
    # Of IPv6 addresses the places are known again with the next sign-in.
    op.execute("UPDATE sessions SET place = client WHERE client NOT LIKE '%:%'")
    op.create_index("ix_sessions_place", "sessions", ["user_id", "place", "started_at"])
    op.add_column("users", sa.Column("shut_out", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    # Students that nobody but a person has disabled: their record has an account.
    op.execute(
        "UPDATE users SET shut_out = true FROM students"
        " WHERE students.id = users.student_id AND users.status = 'disabled' AND NOT students.deleted"
        " AND students.status NOT IN ('left', 'graduated', 'completed_without_diploma', 'expired',"
        " 'admission_forfeited', 'admission_cancelled')"
    )
