"""One's own account (IDN-3, IDN-4). Passwords lie out of the account's own sight, so these run as the system, each on
the acting user's rows only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from chassis.base.blocking import in_real_thread
from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import edit
from contracts.base import Done
from contracts.errors import FieldError, ServiceError
from contracts.identity.commands import ChangePassword, EndSessions, UpdateAccount
from contracts.identity.views import AccountView, SessionTokens
from contracts.text import cleaning
from services.identity.domain import passwords
from services.identity.steps import attempts
from services.identity.steps.revoking import revoke_sessions, revoke_users
from services.identity.steps.sessions import SIGNING_IN, acting_session, let_in, open_session, own_account
from services.identity.tables.sign_in import credentials, sessions
from services.identity.tables.users import users


def change_password(command: ChangePassword, uow: UnitOfWork) -> SessionTokens:
    """Change the acting user's password, end all sessions and open a new one.

    Raises `wrong_current_password` (five of one session in a quarter of an hour: `account_waits`),
    `password_unchanged`, `password_too_easy`, `local_sign_in_off` where the password is a provider's, and as `let_in`
    for an account that was shut out meanwhile.
    """
    me = uow.acting_user
    user = uow.one(SIGNING_IN.where(users.c.id == me))
    if not user.local_sign_in:
        raise ServiceError("local_sign_in_off")
    attempt = attempts.attempt_to_change(uow, user)
    attempts.take_turn(uow, attempt)
    wrong = ServiceError("wrong_current_password")
    if not in_real_thread(passwords.matches, user.password_hash, command.current_password):
        raise attempts.failed(uow, attempt, wrong)
    if command.new_password == command.current_password:
        raise ServiceError("password_unchanged")
    if in_real_thread(passwords.too_easy, command.new_password, passwords.words_about(user)):
        raise ServiceError("password_too_easy")
    new_hash = in_real_thread(passwords.hashed, command.new_password)
    if let_in(uow, me).password_hash != user.password_hash:  # another was given meanwhile
        raise attempts.refused(uow, attempt, wrong)
    changed = update(credentials).where(credentials.c.user_id == me)
    uow.execute(changed.values(password_hash=new_hash, one_time_until=None, changed_at=uow.now))
    uow.execute(update(users).where(users.c.id == me).values(must_change_password=False))
    before = acting_session(uow)
    kept = {name: before._mapping[name] for name in ("second_factor_at", "provider_sign_out")} if before else {}
    revoke_users(uow, users.c.id == me, end_sessions=True)
    attempts.succeeded(uow, attempt)
    uow.audit(users, me, "change_password")
    return open_session(uow, uow.one(SIGNING_IN.where(users.c.id == me)), **kept)


def update_account(command: UpdateAccount, uow: UnitOfWork) -> AccountView:
    """Complete or change the acting user's profile. Raises `validation_failed`, `from_record`, `stale_version`."""
    me = uow.acting_user
    before = uow.one(select(users).where(users.c.id == me))
    _refuse_against_record(command, before)
    known = {"name": before.name, "gender": before.gender} if before.student_id is not None else {}
    given = command.model_dump(exclude={"version"}) | {
        name: value for name, value in known.items() if value is not None
    }
    if lacking := [name for name in ("name", "gender") if given[name] is None]:
        raise ServiceError("validation_failed", [FieldError(name, "field_required") for name in lacking])
    edit(uow, users, me, command.version, {**given, "profile_completed": True})
    if not before.profile_completed:
        # Tokens say that the first steps are open: those of before must not go on saying so.
        revoke_users(uow, users.c.id == me, end_sessions=False)
    return own_account(uow)


def _refuse_against_record(command: UpdateAccount, before: Row[Any]) -> None:
    """A student's name and gender are the record's, in whatever way the name was written there; a gender that is not
    known yet is given once."""
    if before.student_id is None:
        return
    is_other_name = command.name is not None and command.name not in (before.name, cleaning.person_name(before.name))
    is_other_gender = command.gender is not None and before.gender not in (None, command.gender)
    if is_other_name or is_other_gender:
        raise ServiceError("from_record")


def end_sessions(command: EndSessions, uow: UnitOfWork) -> Done:
    """End sessions of the acting user. Raises `some_not_found` when one of them is not theirs or over."""
    these = ids_in(sessions.c.id, command.session_ids) & (sessions.c.user_id == uow.acting_user)
    if missing := len(command.session_ids) - revoke_sessions(uow, these):
        raise ServiceError("some_not_found", count=missing)
    return Done()
