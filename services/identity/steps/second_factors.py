"""Second factors of accounts: whether one is demanded, its codes, and how it comes and goes.

All of it is out of everybody's sight: whoever calls runs as the system, or says so.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, false, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.school_settings import setting
from contracts.errors import ServiceError
from contracts.identity.views import RoleGrant
from services.identity.domain import codes
from services.identity.domain.settings import SECOND_FACTOR_ROLES
from services.identity.steps.delegations import giver_roles
from services.identity.steps.keys import keys, signing_key
from services.identity.steps.vault import opened, seal
from services.identity.tables.sign_in import recovery_codes, second_factors, sessions
from services.identity.tables.users import users

_AT_REST: Final = "second factor"
_OFFER: Final = "offered second factor"
_MILLISECONDS: Final = 8
"""Bytes of the instant at which something was offered."""


def is_demanded(uow: UnitOfWork, user_id: UUID, grants: Sequence[RoleGrant]) -> bool:
    """Whether the school demands a second factor of a user: for a role of theirs, or of whoever has handed them a
    permission."""
    demanded = setting(uow, SECOND_FACTOR_ROLES)
    return bool(demanded) and not giver_roles(uow, user_id).union(each.role for each in grants).isdisjoint(demanded)


# --- a new one ---


def offer(user_id: UUID, now: datetime) -> tuple[str, str]:
    """A new secret, and what brings it back with a code: nothing is kept until then."""
    secret, offered_at = codes.new_secret(), int(now.timestamp() * 1000).to_bytes(_MILLISECONDS, "big")
    sealed = seal(_OFFER, user_id.bytes, offered_at + secret.encode(), signing_key())
    return secret, urlsafe_b64encode(sealed).decode().rstrip("=")


def offered(text: str, user_id: UUID, now: datetime) -> str:
    """The secret that was offered to this user a short while ago. Raises `offer_expired` for every other."""
    try:
        said = opened(_OFFER, user_id.bytes, urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (Error, ValueError):
        said = None
    if said is None or _instant(said[:_MILLISECONDS]) < now - codes.OFFERED_FOR:
        raise ServiceError("offer_expired")
    return said[_MILLISECONDS:].decode()


def _instant(milliseconds: bytes) -> datetime:
    return datetime.fromtimestamp(int.from_bytes(milliseconds, "big") / 1000, UTC)


def put(uow: UnitOfWork, user_id: UUID, secret: str, code: str) -> Sequence[str]:
    """Let this secret be the account's second factor, of which the code shows that an app has it; its recovery codes.

    Raises `wrong_code`, and `code_used` for one that was taken of the same secret before.
    """
    step = codes.step_of(secret, code, uow.now)
    if step is None:
        raise ServiceError("wrong_code")
    former = _held(uow, user_id)
    if former is not None and former.last_step >= step and _secret(user_id, former) == secret:
        raise ServiceError("code_used")
    kept = {**_sealed(user_id, secret), "last_step": step}
    entered = upsert(second_factors).values(user_id=user_id, **kept)
    uow.execute(entered.on_conflict_do_update(index_elements=["user_id"], set_=kept))
    uow.execute(update(users).where(users.c.id == user_id).values(second_factor_since=uow.now))
    return renew_recovery_codes(uow, user_id)


def renew_recovery_codes(uow: UnitOfWork, user_id: UUID) -> Sequence[str]:
    """New recovery codes in place of all former ones. Raises `second_factor_missing`."""
    if _held(uow, user_id) is None:
        raise ServiceError("second_factor_missing")
    new = codes.new_recovery_codes()
    uow.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    hashes = [codes.recovery_hash(user_id, code) for code in new]
    uow.execute(insert(recovery_codes), [{"user_id": user_id, "hash": each} for each in hashes])
    return new


def remove(uow: UnitOfWork, user_id: UUID) -> None:
    """Take the account's second factor away. Raises `second_factor_missing`. The account's row is held beforehand."""
    with uow.as_system():
        gone = delete(second_factors).where(second_factors.c.user_id == user_id)
        if uow.execute(gone).rowcount == 0:
            raise ServiceError("second_factor_missing")
        uow.execute(update(users).where(users.c.id == user_id).values(second_factor_since=None))


# --- codes ---


def take(uow: UnitOfWork, user_id: UUID, code: str) -> None:
    """Take a code, which is good no more from now on. Raises `wrong_code`, `code_used`, `second_factor_missing`,
    `second_factor_unreadable`."""
    factor = _held(uow, user_id)
    if factor is None:
        raise ServiceError("second_factor_missing")
    if codes.is_of_app(code):
        _take_of_app(uow, user_id, factor, code)
    else:
        _take_recovery_code(uow, user_id, code)


def _take_of_app(uow: UnitOfWork, user_id: UUID, factor: Row[Any], code: str) -> None:
    secret = _secret(user_id, factor)
    if secret is None:
        raise ServiceError("second_factor_unreadable")
    step = codes.step_of(secret, code, uow.now)
    if step is None:
        raise ServiceError("wrong_code")
    if step <= factor.last_step:
        raise ServiceError("code_used")
    uow.execute(update(second_factors).where(second_factors.c.user_id == user_id).values(last_step=step))


def _take_recovery_code(uow: UnitOfWork, user_id: UUID, code: str) -> None:
    unused = recovery_codes.c.used_at.is_(None)
    this = (recovery_codes.c.user_id == user_id) & (recovery_codes.c.hash == codes.recovery_hash(user_id, code))
    if uow.execute(update(recovery_codes).where(this, unused).values(used_at=uow.now)).rowcount == 0:
        raise ServiceError("wrong_code")


def recovery_codes_left(uow: UnitOfWork, user_id: UUID) -> int:
    """How many recovery codes were not used."""
    mine = (recovery_codes.c.user_id == user_id) & recovery_codes.c.used_at.is_(None)
    left: int = uow.scalar(select(func.count()).select_from(recovery_codes).where(mine))
    return left


# --- keys that change ---


def seal_anew(uow: UnitOfWork, most: int) -> int:
    """Seal with the key that signs now what depends on another that still counts; how many there were."""
    of_others = or_(false(), *(second_factors.c.sealed_by == key.name for key in keys()[1:]))
    stale = select(second_factors).where(of_others).limit(most)
    rows = uow.rows(stale.with_for_update(skip_locked=True))
    for row in rows:
        if (secret := _secret(row.user_id, row)) is not None:
            uow.execute(update(second_factors).where(_of(row.user_id)).values(**_sealed(row.user_id, secret)))
    return len(rows)


def _held(uow: UnitOfWork, user_id: UUID) -> Row[Any] | None:
    """The account's second factor, held: its codes come one after the other."""
    return uow.first(select(second_factors).where(_of(user_id)).with_for_update())


def _of(user_id: UUID) -> ColumnElement[bool]:
    return second_factors.c.user_id == user_id


def _secret(user_id: UUID, factor: Row[Any]) -> str | None:
    said = opened(_AT_REST, user_id.bytes, factor.sealed)
    return None if said is None else said.decode()


def _sealed(user_id: UUID, secret: str) -> dict[str, Any]:
    key = signing_key()
    return {"sealed": seal(_AT_REST, user_id.bytes, secret.encode(), key), "sealed_by": key.name}


# --- sessions ---


def shown(uow: UnitOfWork, session_id: UUID | None, user_id: UUID) -> None:
    """Note that a session of the account has shown the second factor now. Raises `session_ended`."""
    open_one = (sessions.c.id == session_id) & (sessions.c.user_id == user_id) & sessions.c.ended_at.is_(None)
    if uow.execute(update(sessions).where(open_one).values(second_factor_at=uow.now)).rowcount == 0:
        raise ServiceError("session_ended")


def forgotten(uow: UnitOfWork, user_id: UUID) -> None:
    """Nobody is asked any more in sessions that go on without a second factor."""
    without = {"second_factor_at": None, "second_factor_due": False}
    uow.execute(update(sessions).where(sessions.c.user_id == user_id).values(**without))
