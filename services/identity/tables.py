"""What identity keeps. Passwords and session secrets lie apart from what administrators may read."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
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
from sqlalchemy.dialects.postgresql import JSONB

from chassis.data.columns import found_by_beginning, id_column, instant, one_of, stamps
from chassis.data.name_search import found_by_name
from chassis.data.retention import kept_for
from chassis.data.row_scope import scope
from chassis.data.tables import copy_table, service_metadata
from chassis.data.triggers import unversioned
from chassis.work.public import guarding_tables
from contracts.identity.states import (
    DelegationState,
    NameChangeKind,
    SignInProviderStatus,
    TeachingPointStatus,
    UserStatus,
)
from contracts.identity.tokens import MAX_LIFETIME
from contracts.identity.unified import SignInProviderKind
from contracts.permissions import Role
from services.identity.domain.guessing import FORGOTTEN_AFTER
from services.identity.domain.unified import STARTS_KEPT, SUBJECTS_KEPT

SESSIONS_KEPT: Final = timedelta(days=90)
"""After they were over: people see where their account was used."""
NOTICES_KEPT: Final = timedelta(days=180)

metadata = service_metadata("identity")

teaching_points = Table(
    "teaching_points",
    metadata,
    id_column(),
    Column("code", String(8), nullable=False),
    Column("name", String(60), nullable=False),
    Column("status", Text, nullable=False, server_default=TeachingPointStatus.ENABLED),
    Column("information", JSONB, nullable=False),
    *stamps(),
    UniqueConstraint("code", name="uq_teaching_points_code"),
    one_of("status", TeachingPointStatus),
)
scope(teaching_points, point="id")

teaching_point_names = Table(
    "teaching_point_names",
    metadata,
    id_column(),
    Column("teaching_point_id", ForeignKey(teaching_points.c.id), nullable=False, index=True),
    Column("name", String(60), nullable=False),
    Column("kind", Text, nullable=False),
    instant("until"),
    Column("merged_into_id", ForeignKey(teaching_points.c.id)),
    one_of("kind", NameChangeKind),
)
scope(teaching_point_names, point="teaching_point_id")

users = Table(
    "users",
    metadata,
    id_column(),
    Column("username", String(40), nullable=False),
    Column("name", String(40), nullable=False),
    Column("gender", Text),
    Column("mobile", String(11)),
    Column("email", String(100)),
    Column("position", String(60)),
    Column("teaching_point_id", ForeignKey(teaching_points.c.id)),
    Column("student_id", Uuid),
    Column("record_version", Integer),  # of the student's record that name, point and status come from
    Column("status", Text, nullable=False, server_default=UserStatus.ENABLED),
    Column("shut_out", Boolean, nullable=False, server_default=text("false")),  # by a person, whatever the record says
    Column("epoch", Integer, nullable=False, server_default=text("1")),
    Column("profile_completed", Boolean, nullable=False, server_default=text("false")),
    Column("must_change_password", Boolean, nullable=False, server_default=text("true")),
    Column("local_sign_in", Boolean, nullable=False, server_default=text("true")),  # its own password opens it
    Column("bound", Boolean, nullable=False, server_default=text("false")),  # it has a row in `user_bindings`
    Column("last_signed_in_at", DateTime(timezone=True)),
    Column("avatar_id", Uuid),  # the picture that is shown; former ones are kept
    instant("second_factor_since", nullable=True),  # none: the password alone lets the user in
    *stamps(),
    UniqueConstraint("username", name="uq_users_username"),
    UniqueConstraint("student_id", name="uq_users_student_id"),
    one_of("status", UserStatus),
    Index("ix_users_status_of_point", "teaching_point_id", "status", "username", "id"),
    Index("ix_users_status", "status", "username", "id"),
    found_by_beginning("users", "username"),
)
scope(users, point="teaching_point_id", own="id")
user_search = found_by_name(users, "name", "username")
# What nobody edits: who signs in makes nobody's edit stale.
unversioned(users, "epoch", "last_signed_in_at", "second_factor_since", "avatar_id")

avatars = Table(
    "avatars",
    metadata,
    id_column(),
    Column("user_id", ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("large_file_id", ForeignKey("files.id"), nullable=False),
    Column("small_file_id", ForeignKey("files.id"), nullable=False),
    instant("set_at"),
)
scope(avatars, system_only=True)

user_roles = Table(
    "user_roles",
    metadata,
    Column("user_id", ForeignKey(users.c.id, ondelete="CASCADE"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("teaching_point_id", Uuid),
    Column("modules", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("course_ids", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    one_of("role", Role),
    Index("ix_user_roles_teaching_point_id", "teaching_point_id"),
)
scope(user_roles, point="teaching_point_id", own="user_id", parent=(user_roles.c.user_id, users))

delegations = Table(
    "delegations",
    metadata,
    id_column(),
    Column("giver_id", ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False),
    Column("receiver_id", ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False),
    Column("permission", Text, nullable=False),
    Column("until", Date, nullable=False),  # the last day
    Column("reason", String(500), nullable=False),
    Column("state", Text, nullable=False, server_default=DelegationState.COUNTS),
    instant("given_at"),
    instant("ended_at", nullable=True),
    one_of("state", DelegationState),
    Index(
        "uq_delegations_open",
        "giver_id",
        "receiver_id",
        "permission",
        unique=True,
        postgresql_where=text("state = 'counts'"),
    ),
    Index("ix_delegations_giver_id", "giver_id", "given_at"),
    Index("ix_delegations_receiver_id", "receiver_id", "given_at"),
)
scope(delegations, system_only=True)

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

refused_accounts = Table(
    "refused_accounts",
    metadata,
    Column("student_id", Uuid, primary_key=True),
    Column("username", String(40), nullable=False),
    Column("code", Text, nullable=False),
    instant("refused_at"),
    # What an account needs besides is in the copy of the student.
)
scope(refused_accounts, system_only=True)

students = copy_table(
    "students",
    metadata,
    Column("student_number", String(20), nullable=False),
    Column("name", String(40), nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("status", Text, nullable=False),
)
scope(students, system_only=True)

guarding_tables(metadata)
# What people were told of, once however many read it. Who may read a notice depends on what the reader is today
# (`steps/notices.py`), which no kind of scope says.
notices = Table(
    "notices",
    metadata,
    id_column(),
    Column("service", Text, nullable=False),
    Column("step_id", Uuid, nullable=False),  # the telling, as that service calls it
    Column("workflow", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("number", Text),
    Column("student_id", Uuid),  # whom it is about
    Column("tells_student", Boolean, nullable=False),
    Column("teaching_point_id", Uuid),
    Column("applicant_id", Uuid),
    Column("actor_id", Uuid),
    instant("decided_at"),
    instant("told_at"),
    UniqueConstraint("service", "step_id"),
    Index("ix_notices_student_id", "student_id", "told_at"),
    Index("ix_notices_teaching_point_id", "teaching_point_id", "told_at"),
    Index("ix_notices_applicant_id", "applicant_id", "told_at"),
    Index("ix_notices_told_at", "told_at"),
)
scope(notices, system_only=True)
kept_for(notices, NOTICES_KEPT, since="told_at")

notice_marks = Table(
    "notice_marks",
    metadata,
    Column("notice_id", ForeignKey(notices.c.id, ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey(users.c.id, ondelete="CASCADE"), primary_key=True, index=True),
    instant("read_at"),
)
scope(notice_marks, system_only=True)

# Up to when somebody has read everything, without a mark for each.
notice_readers = Table(
    "notice_readers",
    metadata,
    Column("user_id", ForeignKey(users.c.id, ondelete="CASCADE"), primary_key=True),
    instant("read_until"),
)
scope(notice_readers, system_only=True)
