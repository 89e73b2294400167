"""Sessions of accounts: who may have one, how one begins, and its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, or_, select

from chassis.base.addresses import network_of
from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.school_settings import setting
from contracts.errors import ServiceError
from contracts.identity.states import TeachingPointStatus, UserStatus
from contracts.identity.views import AccountView, RoleGrant, SessionTokens
from services.identity.domain.lifetimes import Lifetime, lifetime_of
from services.identity.domain.settings import SECOND_FACTOR_MINUTES
from services.identity.steps.delegations import received
from services.identity.steps.devices import device_token
from services.identity.steps.keys import Key, keys, signing_key
from services.identity.steps.refresh_tokens import new_secret, refresh_hash, refresh_token
from services.identity.steps.second_factors import is_demanded
from services.identity.steps.tokens import access_token
from services.identity.steps.views import USER_COLUMNS, account_view, grants_of, steps_of_session
from services.identity.tables.points import teaching_points
from services.identity.tables.sign_in import credentials, sessions
from services.identity.tables.users import users

SIGNING_IN = USER_COLUMNS.add_columns(
    teaching_points.c.status.label("point_status"),
    credentials.c.password_hash,
    credentials.c.one_time_until,
    credentials.c.forgiven_at,
    credentials.c.changed_at,
).outerjoin(credentials, credentials.c.user_id == users.c.id)


def let_in(uow: UnitOfWork, user_id: UUID) -> Row[Any]:
    """The account, which may come in, held together with its point until the transaction ends.

    Whoever disables either waits, and then ends the session that is made here; or was first, and none is made.
    Raises `account_disabled`, `teaching_point_disabled`, `session_ended` for an account that is gone.
    """
    # Point before account: the order of whoever disables a point.
    point_id = uow.scalar(select(users.c.teaching_point_id).where(users.c.id == user_id))
    _hold_point(uow, point_id)
    held = select(users.c.teaching_point_id).where(users.c.id == user_id).with_for_update(key_share=True)
    row = uow.first(held)
    if row is None:
        raise ServiceError("session_ended")
    if row.teaching_point_id != point_id:  # moved at this moment
        _hold_point(uow, row.teaching_point_id)
    user = uow.one(SIGNING_IN.where(users.c.id == user_id))
    refuse_shut_out(user)
    return user


def refuse_shut_out(user: Row[Any]) -> None:
    """Raise `account_disabled` or `teaching_point_disabled` for a row of `SIGNING_IN` that may not come in."""
    if user.status == UserStatus.DISABLED:
        raise ServiceError("account_disabled")
    if user.point_status == TeachingPointStatus.DISABLED:
        raise ServiceError("teaching_point_disabled")


def _hold_point(uow: UnitOfWork, point_id: UUID | None) -> None:
    if point_id is not None:
        uow.execute(select(teaching_points.c.id).where(teaching_points.c.id == point_id).with_for_update(read=True))


def open_session(
    uow: UnitOfWork,
    user: Row[Any],
    device_id: UUID | None = None,
    *,
    second_factor_at: datetime | None = None,
    provider_sign_out: str | None = None,
) -> SessionTokens:
    """Begin a session of an account that was let in by its password, or by a provider that stands for it, on a device
    that is known or will be, and answer its tokens. Where the account has a second factor or has to have one, that is
    still to come, unless it was shown already. `provider_sign_out` is where people sign out at the provider."""
    session_id, secret = new_id(), new_secret()
    grants = grants_of(uow, [user.id])[user.id]
    token = refresh_token(session_id, 0, secret)
    session = uow.one(
        insert(sessions)
        .values(
            id=session_id,
            user_id=user.id,
            secret=secret,
            refresh_hash=refresh_hash(token),
            opened_by=_opened_by(uow, user.id, signing_key()),
            device_id=device_id,
            second_factor_due=second_factor_is_due(uow, user, grants),
            second_factor_at=second_factor_at,
            client=uow.context.client,
            place=network_of(uow.context.client),
            provider_sign_out=provider_sign_out,
            started_at=uow.now,
            last_used_at=uow.now,
            expires_at=lifetime(user).until(uow.now, uow.now),
        )
        .returning(sessions)
    )
    return with_device(session_tokens(uow, user, session, token, grants), uow, user, session)


def second_factor_is_due(uow: UnitOfWork, user: Row[Any], grants: Sequence[RoleGrant]) -> bool:
    """Whether nothing works in a session of the account before its second factor was shown. Asked at each refresh too:
    a role or a colleague's permission may have come meanwhile, or the school's setting."""
    return user.second_factor_since is not None or is_demanded(uow, user.id, grants)


def with_device(tokens: SessionTokens, uow: UnitOfWork, user: Row[Any], session: Row[Any]) -> SessionTokens:
    """The tokens with that of a device by which it is known from now on; not before the second factor where one is
    due: who knows the password alone has not shown that the device is theirs."""
    is_shown = not session.second_factor_due or session.second_factor_at is not None
    if not is_shown and session.device_id is None:
        return tokens
    token = device_token(user.id, uow.now, session.device_id or session.id)
    return tokens.model_copy(update={"device_token": token})


def opened_before(uow: UnitOfWork, user: Row[Any], within: timedelta) -> Row[Any] | None:
    """The session that this same request opened already, within that time, and that nobody has used since."""
    if uow.context.idempotency_key is None:
        return None
    codes = [_opened_by(uow, user.id, key) for key in keys()]
    fresh = (sessions.c.started_at > uow.now - within) & (sessions.c.generation == 0) & sessions.c.ended_at.is_(None)
    same = (sessions.c.user_id == user.id) & or_(*(sessions.c.opened_by == code for code in codes))
    return uow.first(select(sessions).where(same, fresh))


def _opened_by(uow: UnitOfWork, user_id: UUID, key: Key) -> bytes | None:
    """The idempotency key of a request that opens a session, as a code: repeated, it is the same session."""
    said = uow.context.idempotency_key
    return key.code("session", user_id.bytes, said.encode()) if said else None


def acting_session(uow: UnitOfWork) -> Row[Any] | None:
    """The open session in which the acting user does this; None where the caller has none, as on the server."""
    session_id = uow.context.actor.session_id
    mine = (sessions.c.id == session_id) & (sessions.c.user_id == uow.acting_user) & sessions.c.ended_at.is_(None)
    return uow.first(select(sessions).where(mine))


def own_account(uow: UnitOfWork) -> AccountView:
    """The acting user's account as it is now in the session in which this is asked."""
    me = uow.acting_user
    account = uow.one(USER_COLUMNS.where(users.c.id == me))
    return account_view(account, grants_of(uow, [me])[me], received(uow, me), acting_session(uow))


def session_tokens(
    uow: UnitOfWork, user: Row[Any], session: Row[Any], refresh_token: str, grants: tuple[RoleGrant, ...]
) -> SessionTokens:
    """The tokens of a session, with the account's present grants and what colleagues have handed to it."""
    delegated = received(uow, user.id)
    access, expires_at = access_token(
        user,
        session.id,
        grants,
        delegated,
        steps=steps_of_session(user, session),
        second_factor_until=_second_factor_until(uow, session),
        now=uow.now,
        until=session.expires_at,
    )
    return SessionTokens(
        access_token=access,
        access_expires_at=expires_at,
        refresh_token=refresh_token,
        refresh_expires_at=session.expires_at,
        account=account_view(user, grants, delegated, session),
    )


def _second_factor_until(uow: UnitOfWork, session: Row[Any]) -> datetime | None:
    if session.second_factor_at is None:
        return None
    shown_at: datetime = session.second_factor_at
    return shown_at + timedelta(minutes=setting(uow, SECOND_FACTOR_MINUTES))


def lifetime(user: Row[Any]) -> Lifetime:
    """How long the account's sessions last."""
    return lifetime_of(student=user.student_id is not None)
