"""Signing in by a provider of the school's (IDN-2). Nobody is signed in yet, so these run as the system; what a
provider has to be asked is asked between two transactions."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.base.failures import RefusedButKept
from chassis.base.ids import new_id
from chassis.data.transactions import Transactions
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import refuse
from contracts.errors import ServiceError
from contracts.identity.states import SignInProviderStatus
from contracts.identity.unified import (
    BeginUnifiedSignIn,
    FinishUnifiedSignIn,
    SignInProviderKind,
    UnifiedSession,
    UnifiedSignInStart,
)
from services.identity.domain.openid import NotBelieved
from services.identity.domain.unified import against_finish, safe_path
from services.identity.steps import outside, providers
from services.identity.steps.providers import Person, Provider, Start
from services.identity.steps.sessions import let_in, open_session
from services.identity.tables.unified import sign_in_providers, sign_in_starts, unbound_subjects, user_bindings
from services.identity.tables.users import users


@dataclass(frozen=True, slots=True)
class _Begun:
    """A sign-in that may be finished now."""

    provider: Provider
    start: Start
    return_path: str
    now: datetime


def begin_unified_sign_in(command: BeginUnifiedSignIn, transactions: Transactions) -> UnifiedSignInStart:
    """Answer where the browser goes, and remember what has to come back.

    Raises `sign_in_provider_off`, `sign_in_provider_unreachable`, `sign_in_provider_not_believed`.
    """
    provider = transactions.run(lambda uow: _provider(uow, command.sign_in_provider_id))
    start = Start(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))
    browser = command.browser_token or secrets.token_urlsafe(32)
    try:
        address = providers.page_of(provider, start)
    except NotBelieved as doubt:
        reason = doubt.reason
        transactions.run(lambda uow: _note(uow, provider.id, reason))
        raise ServiceError("sign_in_provider_not_believed") from None
    path = safe_path(command.return_path)
    transactions.run(lambda uow: _remember(uow, provider.id, start, browser, path))
    return UnifiedSignInStart(address=address, browser_token=browser)


def finish_unified_sign_in(command: FinishUnifiedSignIn, transactions: Transactions) -> UnifiedSession:
    """Open a session for whom the provider stands for. A start is used up whatever becomes of it: what came with it is
    good once, at the provider too.

    Raises as `against_finish` and `let_in`, and `sign_in_provider_off`, `sign_in_provider_refused`,
    `sign_in_provider_unreachable`, `sign_in_provider_not_believed`, `subject_not_bound`.
    """
    with outside.place():  # had before the start is used up: who gets none may send the same again
        begun = transactions.run(lambda uow: _begun(uow, command))
        person = _vouched_for(begun, command, transactions)
    return transactions.run(lambda uow: _session(uow, begun, person))


def _provider(uow: UnitOfWork, provider_id: UUID) -> Provider:
    table = sign_in_providers
    in_use = (table.c.id == provider_id) & (table.c.status == SignInProviderStatus.ENABLED)
    row = uow.first(select(table).where(in_use))
    if row is None:
        raise ServiceError("sign_in_provider_off")
    return providers.provider_of(row)


def _remember(uow: UnitOfWork, provider_id: UUID, start: Start, browser: str, path: str) -> None:
    uow.execute(
        insert(sign_in_starts).values(
            id=new_id(),
            sign_in_provider_id=provider_id,
            state_hash=_hash(start.state),
            browser_hash=_hash(browser),
            nonce=start.nonce,
            verifier=start.verifier,
            return_path=path,
            started_at=uow.now,
        )
    )


def _begun(uow: UnitOfWork, command: FinishUnifiedSignIn) -> _Begun:
    """What was begun, used up from now on. Raises `sign_in_not_started`, and as `against_finish`."""
    table = sign_in_starts
    state = command.state_token or ""
    row = uow.first(select(table).where(table.c.state_hash == _hash(state)).with_for_update())
    if row is None:
        raise ServiceError("sign_in_not_started")
    same = hmac.compare_digest(row.browser_hash, _hash(command.browser_token or ""))
    refuse(against_finish(row.started_at, row.finished_at, same_browser=same, now=uow.now))
    uow.execute(update(table).where(table.c.id == row.id).values(finished_at=uow.now))
    start = Start(state, row.nonce, row.verifier)
    return _Begun(_provider(uow, row.sign_in_provider_id), start, row.return_path, uow.now)


def _vouched_for(begun: _Begun, command: FinishUnifiedSignIn, transactions: Transactions) -> Person:
    """As `_person`; of what is not believed the trail tells. Raises `sign_in_provider_not_believed`, too."""
    try:
        return _person(begun, command)
    except NotBelieved as doubt:
        reason = doubt.reason
        transactions.run(lambda uow: _note(uow, begun.provider.id, reason))
        raise ServiceError("sign_in_provider_not_believed") from None


def _person(begun: _Begun, command: FinishUnifiedSignIn) -> Person:
    provider, start = begun.provider, begun.start
    if provider.kind is SignInProviderKind.CAS and command.ticket is not None:
        return providers.person_with_ticket(provider, start, command.ticket)
    if provider.kind is SignInProviderKind.OPENID_CONNECT and command.authorization_code is not None:
        return providers.person_with_code(provider, start, command.authorization_code, command.iss, begun.now)
    raise ServiceError("sign_in_provider_refused")  # an error, or the person gave up there


def _session(uow: UnitOfWork, begun: _Begun, person: Person) -> UnifiedSession:
    user = _let_in(uow, begun.provider, person)
    uow.execute(update(users).where(users.c.id == user.id).values(last_signed_in_at=uow.now))
    uow.audit(users, user.id, "sign_in", after={"sign_in_provider_id": begun.provider.id})
    tokens = open_session(uow, user, provider_sign_out=person.sign_out)
    return UnifiedSession(**dict(tokens), return_path=begun.return_path)


def _let_in(uow: UnitOfWork, provider: Provider, person: Person) -> Row[Any]:
    """The account that is bound to a person, held as by `let_in`, whose refusals are in the trail. Raises
    `subject_not_bound`, and `sign_in_provider_off` where the provider was put out of use meanwhile."""
    user_id = _bound_user(uow, provider, person)
    if user_id is None:
        _remember_unbound(uow, provider, person)
        raise RefusedButKept(ServiceError("subject_not_bound"))
    try:
        user = let_in(uow, user_id)
        _provider(uow, provider.id)
        if _bound_user(uow, provider, person) != user_id:  # unbound while the account was waited for
            raise ServiceError("subject_not_bound")
    except ServiceError as refusal:
        uow.audit(users, user_id, "refuse_sign_in", after={"sign_in_provider_id": provider.id, "code": refusal.code})
        raise RefusedButKept(refusal) from None
    return user


def _bound_user(uow: UnitOfWork, provider: Provider, person: Person) -> UUID | None:
    bound = user_bindings.c
    here = (bound.sign_in_provider_id == provider.id) & (bound.subject == person.subject)
    user_id: UUID | None = uow.scalar(select(bound.user_id).where(here))
    return user_id


def _remember_unbound(uow: UnitOfWork, provider: Provider, person: Person) -> None:
    """So that the school sees that somebody came."""
    tried = upsert(unbound_subjects).values(
        id=new_id(),
        sign_in_provider_id=provider.id,
        subject=person.subject,
        name=person.name,
        first_tried_at=uow.now,
        last_tried_at=uow.now,
    )
    again = {"name": person.name, "last_tried_at": uow.now}
    uow.execute(tried.on_conflict_do_update(constraint="uq_unbound_subjects_subject", set_=again))


def _note(uow: UnitOfWork, provider_id: UUID, reason: str) -> None:
    """Put into the trail that a provider's word was not believed, and why."""
    uow.audit(sign_in_providers, provider_id, "refuse_sign_in", after={"code": reason})


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
