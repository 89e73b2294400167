"""Requests by people without an account: counted by where they come from and what they are about, and let in.

How an operation is guarded it declares (`chassis.declaring.guards`).
"""

from __future__ import annotations

import hashlib
import math
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, SmallInteger, Table, Text, case, update
from sqlalchemy.dialects.postgresql import insert

from chassis.base.addresses import network_of
from chassis.data.columns import instant
from chassis.data.retention import kept_for
from chassis.data.row_scope import scope
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.guards import Allowance, Beyond, Guard
from chassis.work import proof_of_work
from chassis.work.school_settings import setting
from contracts.base import Operation
from contracts.errors import ServiceError


def guarding_tables(metadata: MetaData) -> tuple[Table, Table, Table]:
    """The tables of a service that has operations for anybody: what was asked how often, work that is spent, and the
    secret that challenges are signed with."""
    asked = Table(
        "asked_often",
        metadata,
        Column("what", LargeBinary, primary_key=True),
        Column("number", Integer, nullable=False),
        instant("until"),
        Index("ix_asked_often_until", "until"),
    )
    spent = Table(
        "spent_work",
        metadata,
        Column("nonce", Text, primary_key=True),
        instant("spent_at"),
        Index("ix_spent_work_spent_at", "spent_at"),
    )
    secret = Table(
        "work_secret",
        metadata,
        Column("id", SmallInteger, primary_key=True, autoincrement=False),
        Column("secret", LargeBinary, nullable=False),
    )
    # A little longer than they count: who asks at that moment does not wait for their being let go.
    kept_for(asked, timedelta(hours=1), since="until")
    kept_for(spent, 2 * proof_of_work.GOOD_FOR, since="spent_at")
    for table in (asked, spent, secret):
        scope(table, system_only=True)
    return asked, spent, secret


def let_in(uow: UnitOfWork, name: str, guard: Guard, operation: Operation) -> None:
    """Count a request of the operation called `name`, which is then carried out in a transaction of its own.

    Who is refused leaves nothing: else strangers could make it harder for others at no cost. Raises `asked_too_often`
    with the seconds to wait, and `work_required`.
    """
    secret = proof_of_work.secret_of(uow)
    address = _code(secret, name, "address", network_of(uow.context.client))
    things = _things(secret, name, guard, operation)
    allowances = {address: guard.address, **things}
    held = {what: _held(uow, what, allowances[what].within) for what in sorted(allowances)}
    used_up = {what: allowed for what, allowed in allowances.items() if held[what][0] >= allowed.times}
    waits = [held[what][1] for what, allowed in used_up.items() if allowed.beyond is Beyond.WAIT]
    if waits:
        raise ServiceError("asked_too_often", retry_after=max(1, math.ceil((max(waits) - uow.now).total_seconds())))
    levels = [proof_of_work.level_of(held[what][0], allowed.times) for what, allowed in used_up.items()]
    if guard.work is not None:
        levels.append(setting(uow, guard.work))
    if levels:
        level, about = max(levels), _bound_to(secret, tuple(things) or (address,))
        if not proof_of_work.spend(uow, secret, getattr(operation, "work", None), about, level):
            raise proof_of_work.required(uow, secret, about, level)
    _count(uow, address, 1)
    if guard.changes_nothing is None or not guard.changes_nothing(operation, uow):
        for thing in sorted(things):
            _count(uow, thing, 1 if guard.changes_nothing is None else secrets.randbelow(3))


def _things(secret: bytes, name: str, guard: Guard, operation: Operation) -> dict[bytes, Allowance]:
    """What the request is about, by its codes: two things of one request are two, though they be called alike."""
    return {
        _code(secret, name, f"thing {number}", each.about(operation)): each.allowance
        for number, each in enumerate(guard.things)
    }


def _bound_to(secret: bytes, codes: tuple[bytes, ...]) -> bytes:
    """What the work is good for: all of them together."""
    return _code(secret, *(code.hex() for code in codes))


def _count(uow: UnitOfWork, what: bytes, more: int) -> None:
    asked = uow.tables["asked_often"]
    uow.execute(update(asked).where(asked.c.what == what).values(number=asked.c.number + more))


def _code(secret: bytes, *parts: str) -> bytes:
    """What is counted is kept as a code, for it may be about a person."""
    return hashlib.blake2b("\0".join(parts).encode(), key=secret, digest_size=32, person=b"code").digest()


def _held(uow: UnitOfWork, what: bytes, within: timedelta) -> tuple[int, datetime]:
    """How often this was asked in its window, and when that ends; nobody else counts it meanwhile."""
    asked = uow.tables["asked_often"]
    first = insert(asked).values(what=what, number=0, until=uow.now + within)
    is_over = asked.c.until <= uow.now
    again = {
        "number": case((is_over, 0), else_=asked.c.number),
        "until": case((is_over, first.excluded.until), else_=asked.c.until),
    }
    held = uow.one(first.on_conflict_do_update(index_elements=["what"], set_=again).returning(*asked.c))
    return held.number, held.until
