"""Heads of chains: each service tells others how far its audit trail is sealed, and they keep it where its own login
can't change it.

    class Identity(Service):
        trail_sealed = IdentityTrailSealed                                     # tells its own
        on_courses_trail_sealed = reaction(keeping_heads(CoursesTrailSealed))  # keeps another one's
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.data.unit_of_work import UnitOfWork
from contracts.trail import TrailSealed

TOLD_EVERY: Final = timedelta(hours=1)
"""How often a head is told; and how old a chain is when the first one is. By then all processes of an upgrade are new,
so that nobody hears of it who doesn't know what it is."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest block of a service's chain at some moment."""

    service: str
    sequence: int
    hash: bytes
    made_at: datetime


def newest_head(uow: UnitOfWork) -> Head | None:
    """The end of this service's own chain; None where it has no block."""
    blocks = uow.tables["audit_blocks"].c
    newest = select(blocks.sequence, blocks.hash, blocks.made_at).order_by(blocks.sequence.desc()).limit(1)
    row = uow.first(newest)
    return Head(uow.service.name, row.sequence, bytes(row.hash), row.made_at) if row else None


def heads_noted(uow: UnitOfWork, service: str, since: datetime | None = None) -> list[Head]:
    """What this service has noted of the chain of one, its own or another: all of it, or since an instant."""
    heads = uow.tables["audit_heads"].c
    found = select(heads.service, heads.sequence, heads.hash, heads.made_at).where(heads.service == service)
    if since is not None:
        found = found.where(heads.noted_at >= since)
    rows = uow.rows(found.order_by(heads.sequence, heads.noted_at))
    return [Head(row.service, row.sequence, bytes(row.hash), row.made_at) for row in rows]


def tell_head(uow: UnitOfWork) -> int:
    """Due job: tell others of the newest block, where there is one since the last time; how many were told of."""
    fact, head = uow.service.trail_sealed, newest_head(uow)
    if fact is None or head is None or _is_new(uow) or not _note(uow, [head]):
        return 0
    uow.publish(fact(sequence=head.sequence, hash=head.hash.hex(), made_at=head.made_at))
    return 1


def keeping_heads(fact: type[TrailSealed]) -> Callable[[Sequence[Any], UnitOfWork], None]:
    """The reaction that keeps what another service tells of its chain. A head that is there with another hash is kept
    beside it."""

    def handler(events: Sequence[Any], uow: UnitOfWork) -> None:
        _note(uow, [Head(fact.owner, e.sequence, bytes.fromhex(e.hash), e.made_at) for e in events])

    handler.__annotations__ = {"events": Sequence[fact], "uow": UnitOfWork, "return": type(None)}  # type: ignore[valid-type]
    return handler


def _is_new(uow: UnitOfWork) -> bool:
    """Whether the chain was begun less than an hour ago."""
    blocks = uow.tables["audit_blocks"].c
    begun: datetime = uow.scalar(select(blocks.made_at).order_by(blocks.sequence).limit(1))
    return begun > uow.now - TOLD_EVERY


def _note(uow: UnitOfWork, heads: Iterable[Head]) -> int:
    """Keep heads; how many of them were not there yet."""
    kept = uow.tables["audit_heads"]
    rows = [
        {"service": h.service, "sequence": h.sequence, "hash": h.hash, "made_at": h.made_at, "noted_at": uow.now}
        for h in heads
    ]
    noted = insert(kept).values(rows).on_conflict_do_nothing().returning(kept.c.sequence)
    return len(uow.rows(noted))
