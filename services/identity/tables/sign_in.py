"""What opens an account, the sessions that it opened, and guesses. It lies apart from what administrators may read."""

from datetime import timedelta
from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)

from chassis.data.columns import id_column, instant
from chassis.data.retention import kept_for
from chassis.data.row_scope import scope
from contracts.identity.tokens import MAX_LIFETIME
from services.identity.domain.guessing import FORGOTTEN_AFTER
from services.identity.tables.base import metadata
from services.identity.tables.users import users

SESSIONS_KEPT: Final = timedelta(days=90)
"""After they were over: people see where their account was used."""

credentials = Table(
    "credentials",
    metadata,
    Column("user_id", ForeignKey(users.c.id, ondelete="CASCADE"), primary_key=True),
    Column("password_hash", Text, nullable=False),
    instant("one_time_until", nullable=True),  # set: a one-time password, good until then
    instant("forgiven_at", nullable=True),  # failures before do not count
    instant("changed_at", nullable=True),  # when the password was given
)
scope(credentials, system_only=True)

second_factors = Table(
    "second_factors",
    metadata,
    Column("user_id", ForeignKey(users.c.id, ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),  # the app's secret (`steps/vault.py`)
    Column("sealed_by", Text, nullable=False),  # the public half of the key that it depends on, as a fingerprint
    Column("last_step", BigInteger, nullable=False),  # of the last code that was taken: no code is taken twice
    Index("ix_second_factors_sealed_by", "sealed_by"),
)
scope(second_factors, system_only=True)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user_id", ForeignKey(second_factors.c.user_id, ondelete="CASCADE"), primary_key=True),
    Column("hash", LargeBinary, primary_key=True),
    instant("used_at", nullable=True),
)
scope(recovery_codes, system_only=True)

sessions = Table(
    "sessions",
    metadata,
    id_column(),
    Column("user_id", ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False),
    Column("refresh_hash", LargeBinary, nullable=False),
    Column("former_refresh_hash", LargeBinary),
    Column("generation", Integer, nullable=False, server_default=text("0")),  # the number of the newest refresh token
    Column("secret", LargeBinary),  # what its refresh tokens depend on; none while an unnumbered token counts
    # When the tokens before the newest were used first, the latest last, for as long as they are answered again.
    Column("recent_uses", ARRAY(DateTime(timezone=True)), nullable=False, server_default=text("'{}'")),
    Column("opened_by", LargeBinary),  # the request that opened it, as a code
    Column("device_id", Uuid),  # that was known when it was opened
    Column("second_factor_due", Boolean, nullable=False, server_default=text("false")),  # nothing works without it
    instant("second_factor_at", nullable=True),  # when a code was given last
    Column("client", Text),
    Column("place", Text),  # what counts as one and the same client (chassis/base/addresses.py)
    Column("provider_sign_out", Text),  # of one that a provider opened: where people sign out there
    instant("started_at", server_default=func.now()),
    instant("last_used_at", server_default=func.now()),
    instant("expires_at"),
    instant("ended_at", nullable=True),
    UniqueConstraint("refresh_hash", name="uq_sessions_refresh_hash"),
    Index("ix_sessions_former_refresh_hash", "former_refresh_hash"),
    Index("ix_sessions_user_id", "user_id", postgresql_where=text("ended_at IS NULL")),
    Index("ix_sessions_expires_at", "expires_at"),
    Index("ix_sessions_place", "user_id", "place", "started_at"),  # where the account is used from
)
scope(sessions, system_only=True)
kept_for(sessions, SESSIONS_KEPT, since="expires_at")

password_failures = Table(
    "password_failures",
    metadata,
    Column("count", LargeBinary, primary_key=True),  # a code of what is counted for: neither name nor address
    Column("failed_at", ARRAY(DateTime(timezone=True)), nullable=False),
    instant("last_at"),
    Index("ix_password_failures_last_at", "last_at"),
)
scope(password_failures, system_only=True)
kept_for(password_failures, FORGOTTEN_AFTER, since="last_at")

# Of an earlier release, and empty: nobody counts in it any more. It stays for the due job of processes of the version
# before, which looks for what is to be erased, and goes with the next release.
sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("username", String(40), primary_key=True),
    Column("failed_at", ARRAY(DateTime(timezone=True)), nullable=False),
    instant("last_at"),
    Index("ix_sign_in_failures_last_at", "last_at"),
)
scope(sign_in_failures, system_only=True)

revocations = Table(
    "revocations",
    metadata,
    id_column(),
    Column("user_id", Uuid, nullable=False),
    Column("session_id", Uuid),
    Column("epoch", Integer),
    instant("revoked_at"),
    Index("ix_revocations_revoked_at", "revoked_at"),
)
scope(revocations, system_only=True)
kept_for(revocations, timedelta(seconds=2 * MAX_LIFETIME), since="revoked_at")  # the tokens have expired since
