"""Signing in and out (IDN-1). Nobody is signed in yet, so these commands run as the system."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.base.blocking import in_real_thread
from chassis.base.failures import RefusedButKept
from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import Done
from contracts.errors import ServiceError
from contracts.identity.commands import RefreshSession, SignIn, SignOut
from contracts.identity.states import TeachingPointStatus, UserStatus
from contracts.identity.views import SessionTokens
from services.identity.domain import passwords
from services.identity.steps import tokens
from services.identity.steps.revoking import revoke_sessions
from services.identity.steps.views import USER_COLUMNS, account_view, first_steps, grants_of
from services.identity.tables import credentials, sessions, sign_in_failures, teaching_points, users

SIGNING_IN = USER_COLUMNS.add_columns(
    teaching_points.c.status.label("point_status"), credentials.c.password_hash, credentials.c.one_time_until
).outerjoin(credentials, credentials.c.user_id == users.c.id)


def sign_in(command: SignIn, uow: UnitOfWork) -> SessionTokens:
    """Open a session.

    Raises `account_waits` after five failures in a quarter of an hour, `bad_credentials`, `one_time_password_expired`,
    and, to who knows the password only, `account_disabled` and `teaching_point_disabled`.
    """
    username = command.username.lower()
    check_password_attempt(uow, username)
    user = uow.first(SIGNING_IN.where(users.c.username == username))
    if not in_real_thread(passwords.matches, user.password_hash if user else None, command.password) or user is None:
        raise failed_attempt(uow, username, ServiceError("bad_credentials"))
    _check_may_sign_in(user)
    uow.execute(delete(sign_in_failures).where(sign_in_failures.c.username == username))
    if user.one_time_until is not None:
        _use_up_one_time_password(uow, user)
    uow.execute(update(users).where(users.c.id == user.id).values(last_signed_in_at=uow.now))
    uow.audit(users, user.id, "sign_in")
    return open_session(uow, user.id)


def check_password_attempt(uow: UnitOfWork, username: str) -> None:
    """Take the account's turn: guesses at one account come one after the other, whoever makes them.

    Raises `account_waits` with the seconds to wait.
    """
    turn = upsert(sign_in_failures).values(username=username, failed_at=[], last_at=uow.now)
    taken = turn.on_conflict_do_update(index_elements=["username"], set_={"username": username})
    failed = uow.one(taken.returning(sign_in_failures.c.failed_at)).failed_at
    wait = passwords.seconds_to_wait(failed, uow.now)
    if wait:
        raise ServiceError("account_waits", retry_after=wait)


def failed_attempt(uow: UnitOfWork, username: str, refusal: ServiceError) -> RefusedButKept:
    """Count a failed password and refuse: the count must outlive the refusal."""
    failures = sign_in_failures
    uow.execute(
        update(failures)
        .where(failures.c.username == username)
        .values(failed_at=failures.c.failed_at.op("||")([uow.now]), last_at=uow.now)
    )
    return RefusedButKept(refusal)


def _check_may_sign_in(user: Row[Any]) -> None:
    if user.status == UserStatus.DISABLED:
        raise ServiceError("account_disabled")
    if user.point_status == TeachingPointStatus.DISABLED:
        raise ServiceError("teaching_point_disabled")


def _use_up_one_time_password(uow: UnitOfWork, user: Row[Any]) -> None:
    """A one-time password opens one session; until it is changed the account can do nothing else."""
    if user.one_time_until <= uow.now:
        raise ServiceError("one_time_password_expired")
    used = update(credentials).where(credentials.c.user_id == user.id).values(one_time_until=uow.now)
    uow.execute(used)


def open_session(uow: UnitOfWork, user_id: UUID) -> SessionTokens:
    """Begin a session of the account and answer its tokens."""
    token, token_hash = tokens.refresh_token()
    session_id = new_id()
    uow.execute(
        insert(sessions).values(
            id=session_id,
            user_id=user_id,
            refresh_hash=token_hash,
            client=uow.context.client,
            started_at=uow.now,
            last_used_at=uow.now,
            expires_at=uow.now + tokens.SESSION_LIFETIME,
        )
    )
    return session_tokens(uow, user_id, session_id, token)


def session_tokens(uow: UnitOfWork, user_id: UUID, session_id: UUID, refresh_token: str) -> SessionTokens:
    """The tokens of a session, with the account's present grants."""
    user = uow.one(USER_COLUMNS.where(users.c.id == user_id))
    grants = grants_of(uow, [user_id])[user_id]
    access, expires_at = tokens.access_token(user, session_id, grants, first_steps=bool(first_steps(user)), now=uow.now)
    return SessionTokens(
        access_token=access,
        access_expires_at=expires_at,
        refresh_token=refresh_token,
        refresh_expires_at=uow.now + tokens.SESSION_LIFETIME,
        account=account_view(user, grants),
    )


def refresh_session(command: RefreshSession, uow: UnitOfWork) -> SessionTokens:
    """Give a session new tokens.

    Raises `session_ended`. A refresh token that was used before ends the session: either it was stolen or its
    thief's use of it was seen first, and only a new sign-in tells which. For some seconds it does not: then it is
    most likely the client itself, whose first answer was lost.
    """
    given = tokens.refresh_hash(command.refresh_token)
    known = or_(sessions.c.refresh_hash == given, sessions.c.former_refresh_hash == given)
    session = uow.first(select(sessions).where(known).with_for_update())
    if session is None or session.ended_at is not None or session.expires_at <= uow.now:
        raise ServiceError("session_ended")
    if bytes(session.refresh_hash) != given and session.last_used_at < uow.now - tokens.REFRESH_GRACE:
        revoke_sessions(uow, sessions.c.id == session.id)
        raise RefusedButKept(ServiceError("session_ended"))
    user = uow.one(SIGNING_IN.where(users.c.id == session.user_id))
    _check_may_sign_in(user)
    token, token_hash = tokens.refresh_token()
    uow.execute(
        update(sessions)
        .where(sessions.c.id == session.id)
        .values(
            refresh_hash=token_hash,
            former_refresh_hash=given,
            last_used_at=uow.now,
            expires_at=uow.now + tokens.SESSION_LIFETIME,
        )
    )
    return session_tokens(uow, session.user_id, session.id, token)


def sign_out(command: SignOut, uow: UnitOfWork) -> Done:
    """End the session of a refresh token. An unknown or ended one is no mistake: the session is over either way."""
    revoke_sessions(uow, sessions.c.refresh_hash == tokens.refresh_hash(command.refresh_token))
    return Done()
