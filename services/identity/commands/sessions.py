"""Signing in and out (IDN-1). Nobody is signed in yet, so these commands run as the system."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, or_, select, update

from chassis.base.blocking import in_real_thread
from chassis.base.failures import RefusedButKept
from chassis.data.unit_of_work import UnitOfWork
from contracts.errors import ServiceError
from contracts.identity.commands import RefreshSession, SignIn, SignOut
from contracts.identity.views import RoleGrant, SessionTokens, SignedOut
from services.identity.domain import passwords
from services.identity.domain.lifetimes import REFRESH_GRACE, SAME_SIGN_IN
from services.identity.steps import attempts
from services.identity.steps.devices import known_device
from services.identity.steps.refresh_tokens import (
    Claim,
    claim_of,
    every_refresh_token,
    is_genuine,
    new_secret,
    refresh_hash,
    refresh_token,
)
from services.identity.steps.revoking import revoke_sessions
from services.identity.steps.sessions import (
    SIGNING_IN,
    let_in,
    lifetime,
    open_session,
    opened_before,
    refuse_shut_out,
    second_factor_is_due,
    session_tokens,
    with_device,
)
from services.identity.steps.views import grants_of
from services.identity.tables.sign_in import credentials, sessions
from services.identity.tables.users import users


def sign_in(command: SignIn, uow: UnitOfWork) -> SessionTokens:
    """Open a session; sent again within minutes under the same idempotency key, answer the same one.

    Raises `account_waits` after too many failures of this source (`domain.guessing`), `work_required` after very many
    of others, `bad_credentials`,
    `one_time_password_expired`, and, to who knows the password only, `account_disabled`, `teaching_point_disabled` and
    `local_sign_in_off`.
    """
    username = command.username.lower()
    user = uow.first(SIGNING_IN.where(users.c.username == username))
    device_id = known_device(command.device_token, user, uow.now)
    attempt = attempts.attempt_to_enter(uow, username, user, device_id)
    attempts.take_turn(uow, attempt, command.work)
    if not in_real_thread(passwords.matches, user.password_hash if user else None, command.password) or user is None:
        raise attempts.failed(uow, attempt, ServiceError("bad_credentials"))
    user = _let_in(uow, attempt, user)
    again = opened_before(uow, user, SAME_SIGN_IN)
    newest = _newest(again) if again is not None else None
    if again is None and user.one_time_until is not None:
        _use_up_one_time_password(uow, attempt, user)
    attempts.succeeded(uow, attempt)
    if again is not None and newest is not None:
        return with_device(session_tokens(uow, user, again, newest, _grants(uow, user)), uow, user, again)
    uow.execute(update(users).where(users.c.id == user.id).values(last_signed_in_at=uow.now))
    uow.audit(users, user.id, "sign_in")
    return open_session(uow, user, device_id)


def _let_in(uow: UnitOfWork, attempt: attempts.Attempt, verified: Row[Any]) -> Row[Any]:
    """The account whose password was right, held as by `let_in`, whose refusals are in the trail."""
    try:
        user = let_in(uow, verified.id)
    except ServiceError as refusal:
        raise attempts.refused(uow, attempt, refusal) from None
    if user.password_hash != verified.password_hash:  # another was given meanwhile
        raise attempts.refused(uow, attempt, ServiceError("bad_credentials"))
    if not user.local_sign_in:
        raise attempts.refused(uow, attempt, ServiceError("local_sign_in_off"))
    return user


def _use_up_one_time_password(uow: UnitOfWork, attempt: attempts.Attempt, user: Row[Any]) -> None:
    """A one-time password opens one session; until it is changed the account can do nothing else."""
    if user.one_time_until <= uow.now:
        raise attempts.refused(uow, attempt, ServiceError("one_time_password_expired"))
    used = update(credentials).where(credentials.c.user_id == user.id).values(one_time_until=uow.now)
    uow.execute(used)


def refresh_session(command: RefreshSession, uow: UnitOfWork) -> SessionTokens:
    """Give a session new tokens: those of the next number, and for a fixed time the very same again to who asks with
    the same token, be it another tab or a client whose answer was lost. Where these have been used already, the newest
    are answered: whoever got used ones would be taken for a thief at the next refresh.

    Raises `session_ended`. A token that is used later ends the session: it was stolen, or its thief's use of it was
    seen first, and only a new sign-in tells which. `account_disabled`, `teaching_point_disabled`.
    """
    session = _held_session(uow, command.refresh_token)
    if session is None or session.ended_at is not None or session.expires_at <= uow.now:
        raise ServiceError("session_ended")
    user = uow.one(SIGNING_IN.where(users.c.id == session.user_id))
    if lifetime(user).until(session.started_at, uow.now) <= uow.now:
        raise ServiceError("session_ended")
    refuse_shut_out(user)
    back = _how_far_back(session, command.refresh_token)
    if back and not _still_answered(uow, session, back):
        uow.audit(users, session.user_id, "refresh_token_reused", after={"session_id": session.id})
        revoke_sessions(uow, sessions.c.id == session.id)
        raise RefusedButKept(ServiceError("session_ended"))
    # None: it is of a key that is gone, or from before tokens were numbered, as a student's session may be for 30 days.
    newest = _newest(session) if back else None
    if newest is None:
        return _next_tokens(uow, user, session, refresh_hash(command.refresh_token))
    return session_tokens(uow, user, session, newest, _grants(uow, user))


def sign_out(command: SignOut, uow: UnitOfWork) -> SignedOut:
    """End the session of a refresh token, also of one that another tab has renewed, and answer where its owner signs
    out at the provider. An unknown or ended one is no mistake: the session is over either way."""
    session = _held_session(uow, command.refresh_token)
    if session is None:
        return SignedOut()
    revoke_sessions(uow, sessions.c.id == session.id)
    return SignedOut(provider_sign_out=session.provider_sign_out)


def _held_session(uow: UnitOfWork, token: str) -> Row[Any] | None:
    """Whose session a token is of, held: found by its hash, or by what it says itself, however old it is."""
    given, claim = refresh_hash(token), claim_of(token)
    by_hash = or_(sessions.c.refresh_hash == given, sessions.c.former_refresh_hash == given)
    of_token = by_hash if claim is None else or_(by_hash, sessions.c.id == claim.session_id)
    session = uow.first(select(sessions).where(of_token).with_for_update())
    if session is None or given in (session.refresh_hash, session.former_refresh_hash):
        return session
    return session if _is_of(session, token, claim) else None


def _is_of(session: Row[Any], token: str, claim: Claim | None) -> bool:
    """Whether identity made this token for this session."""
    if claim is None or claim.session_id != session.id or session.secret is None:
        return False
    return is_genuine(token, claim, session.secret)


def _how_far_back(session: Row[Any], token: str) -> int:
    """How many refreshes ago the token, which is one of the session's, was the newest."""
    if session.refresh_hash == refresh_hash(token):
        return 0
    claim = claim_of(token)
    if claim is not None and _is_of(session, token, claim) and claim.number < session.generation:
        return int(session.generation - claim.number)
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
    number, secret = session.generation + 1, session.secret or new_secret()
    token = refresh_token(session.id, number, secret)
    grants = _grants(uow, user)
    recent = [used for used in session.recent_uses if used >= uow.now - REFRESH_GRACE]
    changed = uow.one(
        update(sessions)
        .where(sessions.c.id == session.id)
        .values(
            secret=secret,
            refresh_hash=refresh_hash(token),
            former_refresh_hash=given,
            generation=number,
            recent_uses=[*recent, uow.now],
            last_used_at=uow.now,
            second_factor_due=second_factor_is_due(uow, user, grants),
            expires_at=lifetime(user).until(session.started_at, uow.now),
        )
        .returning(sessions)
    )
    tokens = session_tokens(uow, user, changed, token, grants)
    return tokens if changed.second_factor_at is None else with_device(tokens, uow, user, changed)


def _grants(uow: UnitOfWork, user: Row[Any]) -> tuple[RoleGrant, ...]:
    return grants_of(uow, [user.id])[user.id]


def _newest(session: Row[Any]) -> str | None:
    """The newest token of a session, found again by its hash; None where no key that there is makes it."""
    if session.secret is None:
        return None
    made = every_refresh_token(session.id, session.generation, session.secret)
    return next((token for token in made if refresh_hash(token) == session.refresh_hash), None)
