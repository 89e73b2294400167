"""Signing in and out (IDN-1). Nobody is signed in yet, so these commands run as the system."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, or_, select, update

from chassis.base.blocking import in_real_thread
from chassis.base.failures import RefusedButKept
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import Done
from contracts.errors import ServiceError
from contracts.identity.commands import RefreshSession, SignIn, SignOut
from contracts.identity.views import SessionTokens
from services.identity.domain import passwords
from services.identity.domain.lifetimes import REFRESH_GRACE, SAME_SIGN_IN
from services.identity.steps import attempts
from services.identity.steps.devices import device_token, known_device
from services.identity.steps.refresh_tokens import Genuine, every_refresh_token, genuine, refresh_hash, refresh_token
from services.identity.steps.revoking import revoke_sessions
from services.identity.steps.sessions import (
    SIGNING_IN,
    admitted,
    lifetime,
    open_session,
    opened_before,
    refuse_shut_out,
    session_tokens,
)
from services.identity.tables import credentials, sessions, users


def sign_in(command: SignIn, uow: UnitOfWork) -> SessionTokens:
    """Open a session; sent again within minutes under the same idempotency key, answer the same one.

    Raises `account_waits` after too many failures of this source (`domain.guessing`), `bad_credentials`,
    `one_time_password_expired`, and, to who knows the password only, `account_disabled` and `teaching_point_disabled`.
    """
    username = command.username.lower()
    user = uow.first(SIGNING_IN.where(users.c.username == username))
    device_id = known_device(command.device_token, user.id if user else None, uow.now)
    attempt = attempts.attempt_to_enter(uow, username, user, device_id)
    attempts.take_turn(uow, attempt)
    if not in_real_thread(passwords.matches, user.password_hash if user else None, command.password) or user is None:
        raise attempts.failed(uow, attempt, ServiceError("bad_credentials"))
    verified = user.password_hash
    user = admitted(uow, user.id)
    if user.password_hash != verified:  # another was given meanwhile
        raise ServiceError("bad_credentials")
    attempts.succeeded(uow, attempt)
    again = opened_before(uow, user, SAME_SIGN_IN)
    if again is not None:
        tokens = session_tokens(uow, user, again, _newest(again))
        return tokens.model_copy(update={"device_token": device_token(user.id, uow.now, device_id)})
    if user.one_time_until is not None:
        _use_up_one_time_password(uow, user)
    uow.execute(update(users).where(users.c.id == user.id).values(last_signed_in_at=uow.now))
    uow.audit(users, user.id, "sign_in")
    return open_session(uow, user, device_id)


def _use_up_one_time_password(uow: UnitOfWork, user: Row[Any]) -> None:
    """A one-time password opens one session; until it is changed the account can do nothing else."""
    if user.one_time_until <= uow.now:
        raise ServiceError("one_time_password_expired")
    used = update(credentials).where(credentials.c.user_id == user.id).values(one_time_until=uow.now)
    uow.execute(used)


def refresh_session(command: RefreshSession, uow: UnitOfWork) -> SessionTokens:
    """Give a session new tokens: those of the next number, and for a fixed time the very same again to who asks with
    the same token, be it another tab or a client whose answer was lost.

    Raises `session_ended`. A token that is used later ends the session: it was stolen, or its thief's use of it was
    seen first, and only a new sign-in tells which. `account_disabled`, `teaching_point_disabled`.
    """
    given, known = refresh_hash(command.refresh_token), genuine(command.refresh_token)
    session = _held_session(uow, given, known)
    if session is None or session.ended_at is not None or session.expires_at <= uow.now:
        raise ServiceError("session_ended")
    user = uow.one(SIGNING_IN.where(users.c.id == session.user_id))
    if lifetime(user).until(session.started_at, uow.now) <= uow.now:
        raise ServiceError("session_ended")
    refuse_shut_out(user)
    back = _how_far_back(session, given, known)
    if back == 0:
        return _next_tokens(uow, user, session, given)
    if not _still_answered(uow, session, back):
        uow.audit(users, session.user_id, "refresh_token_reused", after={"session_id": session.id})
        revoke_sessions(uow, sessions.c.id == session.id)
        raise RefusedButKept(ServiceError("session_ended"))
    if back == 1:
        successor = next(_newest_of(session), None)
        if successor is None:  # a process of the release before this one gave a token of its own
            return _next_tokens(uow, user, session, given)
        return session_tokens(uow, user, session, successor)
    return session_tokens(uow, user, session, refresh_token(session.id, session.generation - back + 1))


def sign_out(command: SignOut, uow: UnitOfWork) -> Done:
    """End the session of a refresh token, also of one that another tab has renewed. An unknown or ended one is no
    mistake: the session is over either way."""
    known = genuine(command.refresh_token)
    revoke_sessions(uow, _of_token(refresh_hash(command.refresh_token), known))
    return Done()


def _of_token(given: bytes, known: Genuine | None) -> Any:
    """Whose session a token is of: by its hash, or by itself, however old it is."""
    by_hash = or_(sessions.c.refresh_hash == given, sessions.c.former_refresh_hash == given)
    return by_hash if known is None else or_(by_hash, sessions.c.id == known.session_id)


def _held_session(uow: UnitOfWork, given: bytes, known: Genuine | None) -> Row[Any] | None:
    return uow.first(select(sessions).where(_of_token(given, known)).with_for_update())


def _how_far_back(session: Row[Any], given: bytes, known: Genuine | None) -> int:
    """How many refreshes ago the token was the newest."""
    if bytes(session.refresh_hash) == given:
        return 0
    if known is not None and known.number < session.generation:
        return int(session.generation - known.number)
    return 1


def _still_answered(uow: UnitOfWork, session: Row[Any], back: int) -> bool:
    """Whether the first use of a token is so recent that it is answered again. Answering again changes nothing, so
    the time does not get longer."""
    if back == 1:
        first_used = session.last_used_at
    else:
        first_used = session.recent_uses[-back] if back <= len(session.recent_uses) else None
    return first_used is not None and first_used >= uow.now - REFRESH_GRACE


def _next_tokens(uow: UnitOfWork, user: Row[Any], session: Row[Any], given: bytes) -> SessionTokens:
    number = session.generation + 1
    token = refresh_token(session.id, number)
    recent = [used for used in session.recent_uses if used >= uow.now - REFRESH_GRACE]
    changed = uow.one(
        update(sessions)
        .where(sessions.c.id == session.id)
        .values(
            refresh_hash=refresh_hash(token),
            former_refresh_hash=given,
            generation=number,
            recent_uses=[*recent, uow.now],
            last_used_at=uow.now,
            expires_at=lifetime(user).until(session.started_at, uow.now),
        )
        .returning(sessions)
    )
    return session_tokens(uow, user, changed, token)


def _newest(session: Row[Any]) -> str:
    return next(_newest_of(session))


def _newest_of(session: Row[Any]) -> Iterator[str]:
    """The newest token of a session, found again by its hash."""
    kept = bytes(session.refresh_hash)
    return (t for t in every_refresh_token(session.id, session.generation) if refresh_hash(t) == kept)
