"""Unified sign-in: providers, begun sign-ins, whose account is whose there, and who has none."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from chassis.data.columns import id_column, instant, one_of, stamps
from chassis.data.retention import kept_for
from chassis.data.row_scope import scope
from contracts.identity.states import (
    SignInProviderStatus,
)
from contracts.identity.unified import SignInProviderKind
from services.identity.domain.unified import STARTS_KEPT, SUBJECTS_KEPT
from services.identity.tables.base import metadata
from services.identity.tables.users import users

sign_in_providers = Table(
    "sign_in_providers",
    metadata,
    id_column(),
    Column("name", String(60), nullable=False),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("client_id", Text),
    Column("client_secret", LargeBinary),  # sealed (`steps/vault.py`)
    Column("name_attribute", Text),
    Column("password_address", Text),
    Column("status", Text, nullable=False, server_default=SignInProviderStatus.ENABLED),
    *stamps(),
    UniqueConstraint("name", name="uq_sign_in_providers_name"),
    one_of("kind", SignInProviderKind),
    one_of("status", SignInProviderStatus),
)
scope(sign_in_providers)

# Sign-ins that were begun at a provider and are finished with what it gives, once.
sign_in_starts = Table(
    "sign_in_starts",
    metadata,
    id_column(),
    Column("sign_in_provider_id", ForeignKey(sign_in_providers.c.id), nullable=False),
    Column("state_hash", LargeBinary, nullable=False, unique=True),
    Column("browser_hash", LargeBinary, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("return_path", Text, nullable=False),
    instant("started_at"),
    instant("finished_at", nullable=True),
    Index("ix_sign_in_starts_started_at", "started_at"),
)
scope(sign_in_starts, system_only=True)
kept_for(sign_in_starts, STARTS_KEPT, since="started_at")

user_bindings = Table(
    "user_bindings",
    metadata,
    id_column(),
    Column("sign_in_provider_id", ForeignKey(sign_in_providers.c.id), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("user_id", ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False),
    Column("reason", Text, nullable=False),
    *stamps(),
    UniqueConstraint("sign_in_provider_id", "subject", name="uq_user_bindings_subject"),
    UniqueConstraint("user_id", name="uq_user_bindings_user_id"),
    Index("ix_user_bindings_created_at", "created_at", "id"),
    Index("ix_user_bindings_of_provider", "sign_in_provider_id", "created_at", "id"),
)
scope(user_bindings)

unbound_subjects = Table(
    "unbound_subjects",
    metadata,
    id_column(),
    Column("sign_in_provider_id", ForeignKey(sign_in_providers.c.id), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("name", String(60)),
    instant("first_tried_at"),
    instant("last_tried_at"),
    UniqueConstraint("sign_in_provider_id", "subject", name="uq_unbound_subjects_subject"),
    Index("ix_unbound_subjects_last_tried_at", "last_tried_at", "id"),
    Index("ix_unbound_subjects_of_provider", "sign_in_provider_id", "last_tried_at", "id"),
)
scope(unbound_subjects)
kept_for(unbound_subjects, SUBJECTS_KEPT, since="last_tried_at")
