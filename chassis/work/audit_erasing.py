"""Letting go of old entries of the audit trail, by the operator alone: no role of a service may.

Whole blocks are erased, oldest first: their entries go with their salts, the blocks with their digests stay, so the
chain goes on proving all the others. That they were erased is an entry itself, sealed like any other: it names the
blocks, and is never erased. So what is gone by this way is told from what somebody took away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, func, insert, select, text

from chassis.base.clock import SHANGHAI, local_date
from chassis.base.context import SYSTEM
from chassis.base.ids import new_id
from chassis.data.audit_chain import ERASING
from chassis.data.retention import counted
from chassis.declaring.service import Service

LEAST_AGE: Final = timedelta(days=183)
"""Nothing younger may be erased: logs are kept for at least six months (网络安全法, article 21 of the text of 2017).
What was erased sooner counts as damage, so that nobody passes off a fresh trace as one that was let go."""
AT_ONCE: Final = 20
"""Blocks of one transaction."""
OBJECT_TYPE: Final = "audit_blocks"
ACTION: Final = "erase"


@dataclass(frozen=True, slots=True)
class Erasure:
    """Blocks whose entries were erased, and when."""

    first: int
    last: int
    at: datetime

    def covers(self, sequence: int, made_at: datetime) -> bool:
        """Whether it let this block go, and the block was old enough."""
        return self.first <= sequence <= self.last and made_at <= self.at - LEAST_AGE


def erasures(connection: Connection) -> Iterator[Erasure]:
    """What the entries say that was erased. One that says it otherwise than `erase_some` says nothing."""
    for row in connection.execute(_ERASURES):
        said: Any = row.after
        if isinstance(said, dict) and all(type(said.get(name)) is int for name in ("first", "last")):
            yield Erasure(said["first"], said["last"], min(row.at, row.now))


def erase_some(connection: Connection, service: type[Service], before: datetime, now: datetime) -> int | None:
    """Erase the entries of the oldest blocks that were made before an instant; how many entries, or None where no such
    block is left. `connection` is the owner's, in a transaction. Raises ValueError for an instant that is too late."""
    if before > now - LEAST_AGE:
        raise ValueError(f"entries are kept for at least {LEAST_AGE.days} days")
    tables = service.metadata.tables
    done = max((erasure.last for erasure in erasures(connection)), default=0)
    b = tables["audit_blocks"].c
    due = select(b.sequence).where(b.sequence > done, b.made_at < before).order_by(b.sequence).limit(AT_ONCE)
    blocks = connection.execute(due).scalars().all()
    if not blocks:
        return None
    these = {"first": blocks[0], "last": blocks[-1]}
    connection.execute(select(func.set_config(ERASING, "yes", True)))
    number = connection.execute(_ERASE, these).rowcount
    connection.execute(insert(tables["audit_entries"]).values(_entry(these)))
    connection.execute(counted(tables["erasures"], local_date(now), "audit_entries", number))
    return number


def erase(
    owner_url: str,
    service: type[Service],
    before: date,
    now: datetime,
    tell: Callable[[int], None] = lambda erased: None,
) -> int:
    """Erase what was sealed before a day (Asia/Shanghai), some blocks a transaction; how many entries. Raises
    ValueError for a day that is too late."""
    until = datetime(before.year, before.month, before.day, tzinfo=SHANGHAI)
    engine = create_engine(owner_url, hide_parameters=True)
    erased = 0
    try:
        while (number := _one_transaction(engine, service, until, now)) is not None:
            erased += number
            tell(erased)
    finally:
        engine.dispose()
    return erased


def _one_transaction(engine: Engine, service: type[Service], until: datetime, now: datetime) -> int | None:
    with engine.begin() as connection:
        return erase_some(connection, service, until, now)


def _entry(these: dict[str, Any]) -> dict[str, Any]:
    id_ = new_id()
    return {
        "id": id_,
        "actor_name": SYSTEM.name,
        "correlation_id": new_id(),
        "object_type": OBJECT_TYPE,
        "object_id": id_,  # blocks have numbers, which are in `after`
        "action": ACTION,
        "after": these,
    }


_WHICH = f"object_type = '{OBJECT_TYPE}' AND action = '{ACTION}'"
_ERASURES: Final = text(f"SELECT at, after, now() AS now FROM audit_entries WHERE {_WHICH}")
_ERASE: Final = text(
    f"""
DELETE FROM audit_entries e
USING (SELECT unnest(entry_ids) AS id FROM audit_blocks WHERE sequence BETWEEN :first AND :last) erased
WHERE e.id = erased.id AND NOT ({_WHICH})
"""
)
