"""Providers that people sign in by, what was begun there, and whose account is whose."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

STAMPS = (
    ("version", sa.Integer(), sa.text("1")),
    ("created_at", sa.DateTime(timezone=True), sa.text("now()")),
    ("updated_at", sa.DateTime(timezone=True), sa.text("now()")),
)


def stamps() -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, server_default=default, nullable=False) for name, kind, default in STAMPS]


def of_provider(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_sign_in_provider_id")
    return sa.ForeignKeyConstraint(["sign_in_provider_id"], ["sign_in_providers.id"], name=name)


def upgrade() -> None:
    op.create_table(
        "sign_in_providers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=True),
        sa.Column("client_secret", sa.LargeBinary(), nullable=True),
        sa.Column("name_attribute", sa.Text(), nullable=True),
        sa.Column("password_address", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="enabled", nullable=False),
        *stamps(),
        sa.CheckConstraint("kind IN ('openid_connect', 'cas')", name=op.f("ck_sign_in_providers_kind")),
        sa.CheckConstraint("status IN ('enabled', 'disabled')", name=op.f("ck_sign_in_providers_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_providers")),
        sa.UniqueConstraint("name", name="uq_sign_in_providers_name"),
    )
    op.create_table(
        "sign_in_starts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sign_in_provider_id", sa.Uuid(), nullable=False),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("return_path", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        of_provider("sign_in_starts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_starts")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_sign_in_starts_state_hash")),
    )
    op.create_index("ix_sign_in_starts_started_at", "sign_in_starts", ["started_at"])
    op.create_table(
        "user_bindings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sign_in_provider_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *stamps(),
        of_provider("user_bindings"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_bindings_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_bindings")),
        sa.UniqueConstraint("sign_in_provider_id", "subject", name="uq_user_bindings_subject"),
        sa.UniqueConstraint("user_id", name="uq_user_bindings_user_id"),
    )
    op.create_index("ix_user_bindings_created_at", "user_bindings", ["created_at", "id"])
    op.create_index("ix_user_bindings_of_provider", "user_bindings", ["sign_in_provider_id", "created_at", "id"])
    op.create_table(
        "unbound_subjects",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sign_in_provider_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=True),
        sa.Column("first_tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_tried_at", sa.DateTime(timezone=True), nullable=False),
        of_provider("unbound_subjects"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unbound_subjects")),
        sa.UniqueConstraint("sign_in_provider_id", "subject", name="uq_unbound_subjects_subject"),
    )
    op.create_index("ix_unbound_subjects_last_tried_at", "unbound_subjects", ["last_tried_at", "id"])
    op.create_index("ix_unbound_subjects_of_provider", "unbound_subjects", ["sign_in_provider_id", "last_tried_at", "id"])
    op.add_column("users", sa.Column("local_sign_in", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("users", sa.Column("bound", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("sessions", sa.Column("provider_sign_out", sa.Text(), nullable=True))
