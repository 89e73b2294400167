"""Accounts, teaching points, users, notices, and what gateways ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, or_, select, true

from chassis.data.bulk import ids_in
from chassis.data.keyset import keyset_page
from chassis.data.lists import Listing
from chassis.data.pages import as_view, matches
from chassis.data.unit_of_work import UnitOfWork
from chassis.data.whole_lists import Reader
from chassis.papers import files
from chassis.work.school_settings import shared_rows
from contracts.base import KeysetPage, Page
from contracts.errors import Language, ServiceError
from contracts.identity.avatar import AvatarSize, GetAvatar
from contracts.identity.delegation import ColleagueView, DelegationsView, ListColleagues, ListDelegations
from contracts.identity.events import Revocation, SchoolSettingItem, TeachingPointItem
from contracts.identity.notices import CountUnreadNotices, ListNotices, NoticeView, UnreadNotices
from contracts.identity.queries import (
    GetAccessGrants,
    GetAccount,
    GetTeachingPoint,
    GetTokenKey,
    GetUser,
    ListAccountStatements,
    ListRevocations,
    ListSessions,
    ListTeachingPoints,
    ListUsers,
)
from contracts.identity.second_factor import GetSecondFactor, SecondFactorView
from contracts.identity.tokens import LONGEST_TRANSACTION
from contracts.identity.views import (
    AccessGrants,
    AccountStatement,
    AccountView,
    FormerName,
    PointInformation,
    Revocations,
    Sessions,
    SessionView,
    TeachingPointDetails,
    TeachingPointView,
    TokenKey,
    UserView,
)
from contracts.notices import sentence
from contracts.types import FileReference
from services.identity.steps.delegation_views import colleagues, delegations_view
from services.identity.steps.delegations import received
from services.identity.steps.keys import keys
from services.identity.steps.notices import count_unread, reader
from services.identity.steps.second_factors import is_demanded, recovery_codes_left
from services.identity.steps.sessions import own_account
from services.identity.steps.tokens import access_grants
from services.identity.steps.views import (
    USER_COLUMNS,
    grants_of,
    second_factor_of,
    user_view,
    user_views,
)
from services.identity.tables.notices import notices
from services.identity.tables.points import teaching_point_names, teaching_points
from services.identity.tables.sign_in import revocations, sessions
from services.identity.tables.users import avatars, students, user_roles, user_search, users


def get_account(query: GetAccount, uow: UnitOfWork) -> AccountView:
    """The acting user's own account."""
    return own_account(uow)


def get_avatar(query: GetAvatar, uow: UnitOfWork) -> FileReference:
    """The acting user's picture. Raises `not_found`."""
    shown = select(avatars).join(users, users.c.avatar_id == avatars.c.id).where(users.c.id == uow.acting_user)
    avatar = uow.one(shown)
    is_large = query.size is AvatarSize.LARGE
    return files.reference_to(uow, avatar.large_file_id if is_large else avatar.small_file_id)


def get_second_factor(query: GetSecondFactor, uow: UnitOfWork) -> SecondFactorView:
    """The acting user's second factor."""
    me = uow.acting_user
    account = uow.one(select(users).where(users.c.id == me))
    return SecondFactorView(
        state=second_factor_of(account),
        since=account.second_factor_since,
        demanded=is_demanded(uow, me, grants_of(uow, [me])[me]),
        recovery_codes_left=recovery_codes_left(uow, me),
    )


def list_sessions(query: ListSessions, uow: UnitOfWork) -> Sessions:
    """Where the acting user is signed in, latest first."""
    mine = (sessions.c.user_id == uow.acting_user) & sessions.c.ended_at.is_(None) & (sessions.c.expires_at > uow.now)
    rows = uow.rows(select(sessions).where(mine).order_by(sessions.c.last_used_at.desc()))
    current = uow.context.actor.session_id
    return Sessions(
        items=tuple(
            SessionView(
                id=row.id,
                client=row.client,
                started_at=row.started_at,
                last_used_at=row.last_used_at,
                current=row.id == current,
            )
            for row in rows
        )
    )


USER_COUNTS = (
    select(users.c.teaching_point_id, func.count().label("user_count"))
    .where(users.c.student_id.is_(None))
    .group_by(users.c.teaching_point_id)
    .subquery()
)
POINT_COLUMNS = select(teaching_points, func.coalesce(USER_COUNTS.c.user_count, 0).label("user_count")).outerjoin(
    USER_COUNTS, USER_COUNTS.c.teaching_point_id == teaching_points.c.id
)


def _named_point(text: str, uow: Reader) -> ColumnElement[bool]:
    """A point's code or name, or one that it had."""
    former = select(teaching_point_names.c.teaching_point_id).where(matches(text, titles=[teaching_point_names.c.name]))
    here = matches(text, titles=[teaching_points.c.name], numbers=[teaching_points.c.code])
    return or_(here, teaching_points.c.id.in_(former))


POINTS = Listing[TeachingPointView](
    ListTeachingPoints,
    teaching_points,
    shown=lambda: POINT_COLUMNS,
    views=lambda uow, rows: (TeachingPointView(**_point_fields(row)) for row in rows),
    filters={"search": _named_point},
)


def list_teaching_points(query: ListTeachingPoints, uow: UnitOfWork) -> Page[TeachingPointView]:
    """Teaching points, found by code or name, former names too."""
    return POINTS.page(query, uow)


def get_teaching_point(query: GetTeachingPoint, uow: UnitOfWork) -> TeachingPointDetails:
    """A teaching point with the names it had."""
    return teaching_point_details(uow, query.teaching_point_id)


def teaching_point_details(uow: UnitOfWork, point_id: UUID) -> TeachingPointDetails:
    """One point. Raises `not_found`."""
    row = uow.one(POINT_COLUMNS.where(teaching_points.c.id == point_id))
    names = teaching_point_names
    former = uow.rows(select(names).where(names.c.teaching_point_id == point_id).order_by(names.c.until))
    return TeachingPointDetails(
        **_point_fields(row),
        former_names=tuple(
            FormerName(name=f.name, kind=f.kind, until=f.until, merged_into_id=f.merged_into_id) for f in former
        ),
    )


def _point_fields(row: Row[Any]) -> dict[str, Any]:
    fields = {name: row._mapping[name] for name in TeachingPointView.model_fields}
    return {**fields, "information": PointInformation.model_validate(row.information)}


def teaching_point_items(ids: Sequence[UUID], uow: UnitOfWork) -> list[TeachingPointItem]:
    """Teaching points as other services see them."""
    rows = uow.rows(select(teaching_points).where(ids_in(teaching_points.c.id, ids)))
    return [as_view(TeachingPointItem, row, **_public(row.information)) for row in rows]


def _public(information: Mapping[str, Any]) -> dict[str, Any]:
    """What anybody may know of what a point says about itself."""
    return {**information.get("address", {}), "phones": information.get("phones", ())}


def list_account_statements(query: ListAccountStatements, uow: UnitOfWork) -> KeysetPage[AccountStatement]:
    """Every student's account, for reconciliation."""
    rows = select(users, users.c.updated_at.label("changed_at")).where(users.c.student_id.is_not(None))
    return keyset_page(uow, query, AccountStatement, rows, users.c.id)


def school_setting_items(ids: Sequence[UUID], uow: UnitOfWork) -> list[SchoolSettingItem]:
    """Settings that other services share."""
    return [as_view(SchoolSettingItem, row) for row in shared_rows(uow, ids)]


def _with_role(role: str, uow: Reader) -> ColumnElement[bool]:
    return users.c.id.in_(select(user_roles.c.user_id).where(user_roles.c.role == role))


USERS = Listing[UserView](
    ListUsers,
    users,
    shown=lambda: USER_COLUMNS,
    views=user_views,
    filters={
        "role": _with_role,
        "search": lambda text, uow: user_search.found(users.c.id, text),
    },
)


def list_users(query: ListUsers, uow: UnitOfWork) -> Page[UserView]:
    """Users, found by username or name."""
    return USERS.page(query, uow)


def get_user(query: GetUser, uow: UnitOfWork) -> UserView:
    """One user. Raises `not_found`."""
    return user_view(uow, query.user_id)


def list_revocations(query: ListRevocations, uow: UnitOfWork) -> Revocations:
    """What was revoked since a time, oldest first."""
    rows = uow.rows(
        select(revocations).where(revocations.c.revoked_at >= query.since).order_by(revocations.c.revoked_at)
    )
    items = tuple(
        Revocation(user_id=r.user_id, session_id=r.session_id, epoch=r.epoch, revoked_at=r.revoked_at) for r in rows
    )
    public = tuple(key.public for key in keys())
    return Revocations(items=items, as_of=uow.now - timedelta(seconds=LONGEST_TRANSACTION), token_keys=public)


def get_access_grants(query: GetAccessGrants, uow: UnitOfWork) -> AccessGrants:
    """What a token refers to. Raises `token_revoked`."""
    user = uow.first(select(users).where(users.c.id == query.user_id, users.c.epoch == query.epoch))
    open_session = (sessions.c.id == query.session_id) & sessions.c.ended_at.is_(None)
    if user is None or uow.first(select(sessions.c.id).where(open_session, sessions.c.user_id == user.id)) is None:
        raise ServiceError("token_revoked")
    grants = access_grants(user, grants_of(uow, [user.id])[user.id])
    return AccessGrants(grants=grants, delegated=received(uow, user.id))


def list_delegations(query: ListDelegations, uow: UnitOfWork) -> DelegationsView:
    """What the acting user has handed to colleagues, and has of them."""
    return delegations_view(uow, uow.acting_user)


def list_colleagues(query: ListColleagues, uow: UnitOfWork) -> Page[ColleagueView]:
    """Who works where the acting user does."""
    return colleagues(uow, uow.acting_user, query)


def get_token_key(query: GetTokenKey, uow: UnitOfWork) -> TokenKey:
    """The public keys that verify access tokens."""
    first, *others = (key.public for key in keys())
    return TokenKey(public_key=first, other_keys=tuple(others))


MOST_NOTICES = 200_000
"""Of one reader, in the time that they are kept."""


def list_notices(query: ListNotices, uow: UnitOfWork) -> Page[NoticeView]:
    """What the acting user is told, newest first unless asked otherwise."""
    who = reader(uow)
    student = students.c.student_number, students.c.name.label("student_name")
    mine = Listing[NoticeView](
        ListNotices,
        notices,
        shown=lambda: select(notices, *student, who.read(notices.c).label("read")).outerjoin(
            students, who.shown_student(notices.c.student_id)
        ),
        views=lambda uow, rows: (_notice_view(row, uow.context.language) for row in rows),
        filters={"unread_only": lambda wanted, uow: who.unread() if wanted else true()},
        always=who.told,
        # By itself first: the newest page of all would else be looked for among everybody's newest notices.
        most=MOST_NOTICES,
    )
    return mine.page(query, uow)


def _notice_view(row: Row[Any], language: Language) -> NoticeView:
    message = sentence(row.workflow, row.action, row.state, row.number, language)
    return as_view(NoticeView, row, message=message)


def count_unread_notices(query: CountUnreadNotices, uow: UnitOfWork) -> UnreadNotices:
    """How many notices the acting user has not read."""
    return UnreadNotices(unread=count_unread(uow, reader(uow)))
