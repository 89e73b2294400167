"""Pictures of people, each in two sizes."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("avatar_id", sa.Uuid(), nullable=True))
    op.create_table(
        "avatars",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("large_file_id", sa.Uuid(), nullable=False),
        sa.Column("small_file_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["large_file_id"], ["files.id"], name=op.f("fk_avatars_large_file_id")),
        sa.ForeignKeyConstraint(["small_file_id"], ["files.id"], name=op.f("fk_avatars_small_file_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_avatars_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avatars")),
    )
    op.create_index(op.f("ix_avatars_user_id"), "avatars", ["user_id"])
