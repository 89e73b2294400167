"""The table of a service that issues official documents (`chassis.documents.issued`)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "issued_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'valid'"), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=True),
        sa.Column("teaching_point_id", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("replaced_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'replaced') = (replaced_by_id IS NOT NULL)", name=op.f("ck_issued_documents_replaced")
        ),
        sa.CheckConstraint("(status = 'valid') = (ended_at IS NULL)", name=op.f("ck_issued_documents_ended")),
        sa.CheckConstraint("status IN ('valid', 'withdrawn', 'replaced')", name=op.f("ck_issued_documents_status")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_issued_documents_file_id")),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["issued_documents.id"], name=op.f("fk_issued_documents_replaced_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_documents")),
        sa.UniqueConstraint("number", name=op.f("uq_issued_documents_number")),
    )
    op.create_index("ix_issued_documents_issued_at", "issued_documents", ["issued_at"], unique=False)
    op.create_index("ix_issued_documents_student_id", "issued_documents", ["student_id", "issued_at"], unique=False)
    op.create_index(
        "ix_issued_documents_teaching_point_id", "issued_documents", ["teaching_point_id", "issued_at"], unique=False
    )
