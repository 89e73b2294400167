"""The second factor of one's own account, and of others who have lost theirs (IDN-1). Secrets lie out of the account's
own sight, so one's own commands run as the system, each on the acting user's rows only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.school_settings import setting
from contracts.base import Done
from contracts.errors import ServiceError
from contracts.identity.second_factor import (
    EnterCode,
    OfferedSecondFactor,
    OfferSecondFactor,
    RecoveryCodes,
    RemoveSecondFactor,
    RenewRecoveryCodes,
    ResetSecondFactor,
    SetUpSecondFactor,
)
from contracts.identity.states import SecondFactorState
from contracts.identity.views import UserView
from contracts.school import SCHOOL_NAME
from services.identity.commands.users import manageable
from services.identity.domain import codes
from services.identity.steps import attempts, second_factors
from services.identity.steps.notices import tell_user
from services.identity.steps.revoking import revoke_sessions, revoke_users
from services.identity.steps.sessions import SIGNING_IN, acting_session, let_in
from services.identity.steps.views import grants_of, user_view
from services.identity.tables.sign_in import sessions
from services.identity.tables.users import users


def enter_code(command: EnterCode, uow: UnitOfWork) -> Done:
    """Show the second factor in the acting user's session.

    Raises `account_waits` after too many wrong codes of this source (`domain.guessing`), what `second_factors.take`
    raises, and `session_ended`.
    """
    me, session = uow.acting_user, _session(uow)
    user = uow.one(SIGNING_IN.where(users.c.id == me))
    is_of_app = codes.is_of_app(command.code)
    attempt = attempts.attempt_to_enter_code(uow, user, session.device_id, is_counted=is_of_app)
    attempts.take_turn(uow, attempt)
    try:
        second_factors.take(uow, me, command.code)
    except ServiceError as refusal:
        if refusal.code == "wrong_code":
            raise attempts.failed(uow, attempt, refusal) from None
        raise
    second_factors.shown(uow, session.id, me)
    attempts.succeeded(uow, attempt)
    uow.audit(users, me, "enter_code", after={"session_id": session.id, "recovery_code": not is_of_app})
    return Done()


def offer_second_factor(command: OfferSecondFactor, uow: UnitOfWork) -> OfferedSecondFactor:
    """A new secret for an app of the acting user."""
    user = uow.one(SIGNING_IN.where(users.c.id == uow.acting_user))
    secret, offer = second_factors.offer(user.id, uow.now)
    return OfferedSecondFactor(
        secret=secret, uri=codes.uri(secret, user.username, setting(uow, SCHOOL_NAME)), offer=offer
    )


def set_up_second_factor(command: SetUpSecondFactor, uow: UnitOfWork) -> RecoveryCodes:
    """Let an app count that has the secret which was offered; all other sessions end.

    Raises `offer_expired`, `wrong_code` (not counted: who sends it was told the secret), `code_used`, `session_ended`,
    and as `let_in` for an account that was shut out meanwhile.
    """
    me, session = uow.acting_user, _session(uow)
    secret = second_factors.offered(command.offer, me, uow.now)
    let_in(uow, me)
    recovery_codes = second_factors.put(uow, me, secret, command.code)
    second_factors.shown(uow, session.id, me)
    revoke_sessions(uow, (sessions.c.user_id == me) & (sessions.c.id != session.id))
    uow.audit(users, me, "set_up_second_factor")
    return RecoveryCodes(codes=tuple(recovery_codes))


def renew_recovery_codes(command: RenewRecoveryCodes, uow: UnitOfWork) -> RecoveryCodes:
    """New recovery codes for the acting user. Raises `second_factor_missing`."""
    recovery_codes = second_factors.renew_recovery_codes(uow, uow.acting_user)
    uow.audit(users, uow.acting_user, "renew_recovery_codes")
    return RecoveryCodes(codes=tuple(recovery_codes))


def remove_second_factor(command: RemoveSecondFactor, uow: UnitOfWork) -> Done:
    """Go on with the password alone. Raises `second_factor_demanded`, `second_factor_missing`."""
    me = uow.acting_user
    let_in(uow, me)
    if second_factors.is_demanded(uow, me, grants_of(uow, [me])[me]):
        raise ServiceError("second_factor_demanded")
    second_factors.remove(uow, me)
    second_factors.forgotten(uow, me)
    revoke_users(uow, users.c.id == me, end_sessions=False)  # tokens say that there is one
    uow.audit(users, me, "remove_second_factor")
    return Done()


def reset_second_factor(command: ResetSecondFactor, uow: UnitOfWork) -> UserView:
    """Take away what a user has lost. Raises `not_found`, `own_account`, `second_factor_missing`."""
    user = manageable(uow, command.user_id)
    second_factors.remove(uow, user.id)
    revoke_users(uow, users.c.id == user.id, end_sessions=True)
    uow.audit(users, user.id, "reset_second_factor", after={"reason": command.reason})
    tell_user(uow, user.id, "second_factor", "reset_second_factor", SecondFactorState.NONE)
    return user_view(uow, user.id)


def _session(uow: UnitOfWork) -> Row[Any]:
    session = acting_session(uow)
    if session is None:
        raise ServiceError("session_ended")
    return session
