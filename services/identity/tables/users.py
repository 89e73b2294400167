"""Accounts: who they are, what they may do, and the students whose accounts they are."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from chassis.data.columns import found_by_beginning, id_column, instant, one_of, stamps
from chassis.data.name_search import found_by_name
from chassis.data.row_scope import scope
from chassis.data.tables import copy_table
from chassis.data.triggers import unversioned
from contracts.identity.states import (
    DelegationState,
    UserStatus,
)
from contracts.permissions import Role
from services.identity.tables.base import metadata
from services.identity.tables.points import teaching_points

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
