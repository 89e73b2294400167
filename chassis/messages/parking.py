"""Messages that could not be handled, kept as rows of the inbox: as the bytes that they were, whatever those are.

`waiting` ones are tried again, `dead` ones wait for a person, `refused` ones came from somebody whose word does not
count and never run.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property, partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Table, case, func, literal, select, update

from chassis.base import metrics
from chassis.base.context import system_context
from chassis.data.bulk import insert_rows
from chassis.data.database import Database
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.delivery import Delivery
from contracts.base import EVENTS, exchange

logger = logging.getLogger(__name__)

GIVE_UP_AFTER: Final = timedelta(hours=24)
LONGEST_PAUSE: Final = timedelta(minutes=10)
MOST_REFUSED: Final = 10_000
"""Refused messages kept as rows; further ones are only counted, so that nobody can fill the disk with them."""
MOST_OF_REFUSED: Final = 64 * 1024
"""Bytes kept of one: it never runs, so that nobody needs all of a huge one."""
CALLS_RATE: Final = "300/minute"
"""How many forged calls a process writes down: who floods it with them must not keep it from its work. Events are as
much work when they are genuine; each of them is kept."""

FORGOTTEN: Final = dict.fromkeys(("next_at", "code", "detail", "body", "sender", "exchange", "routing_key", "headers"))
"""What a row that is done with keeps no more."""


class Parking:
    """The parked rows of one service's inbox."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.table: Table = database.service.metadata.tables["inbox"]

    @cached_property
    def _rate(self) -> Callable[[], bool]:
        # Loaded when the first call is refused: it costs a tenth of a process's start, and most refuse none.
        from limits import parse
        from limits.storage import MemoryStorage
        from limits.strategies import FixedWindowRateLimiter

        return partial(FixedWindowRateLimiter(MemoryStorage()).hit, parse(CALLS_RATE))

    def wait(self, deliveries: Sequence[Delivery], code: str) -> None:
        """Keep events to be tried again: soon at first, then ever more rarely; after a day they are dead.

        What must not be kept (`private`) can't be tried again either: it is dead at once.
        """
        private = [d for d in deliveries if _is_private(d)]
        self.bury(private, code)
        self._park([d for d in deliveries if not _is_private(d)], "waiting", code, None)

    def bury(self, deliveries: Sequence[Delivery], code: str, detail: str | None = None) -> None:
        """Keep messages for a person to look at."""
        self._park(deliveries, "dead", code, detail)

    def refuse(self, delivery: Delivery, reason: str, *, keep_body: bool = True) -> None:
        """Put aside a message that must not be believed: with its sender and its way, for a person to look at. It takes
        nobody's place in the inbox, since what it says of itself may be a lie, and raises an alarm by its metric."""
        metrics.message_refused(reason)
        if not keep_body and not self._rate():
            return
        logger.error(
            "message_refused",
            extra={"reason": reason, "sender": cleaned(delivery.sender or ""), "key": cleaned(delivery.routing_key)},
        )
        length = f"{len(delivery.body)} bytes" if len(delivery.body) > MOST_OF_REFUSED else None
        row = self._row(delivery, "refused", reason, length, delivery.fingerprint)
        row["body"] = _hex(delivery.body[:MOST_OF_REFUSED]) if keep_body and not _is_private(delivery) else None
        some = select(literal(1)).where(self.table.c.state == "refused").limit(MOST_REFUSED).subquery()

        def put_aside(uow: UnitOfWork) -> None:
            if uow.scalar(select(func.count()).select_from(some)) < MOST_REFUSED:
                uow.execute(insert_rows(self.table, [row]).on_conflict_do_nothing())

        self.database.run(system_context(), put_aside)

    def claim_due(self, limit: int) -> list[Delivery]:
        """Waiting events whose time has come, each counted as tried before it is: one that kills its process comes
        back ever more rarely, and is given up like any other."""
        inbox, now = self.table, self.database.clock.now()
        due = (
            select(inbox.c.event_id)
            .where(inbox.c.state == "waiting", inbox.c.next_at <= now)
            .order_by(inbox.c.next_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        hopeless = inbox.c.received_at < now - GIVE_UP_AFTER - LONGEST_PAUSE
        claimed = (
            update(inbox)
            .where(inbox.c.event_id.in_(due.scalar_subquery()))
            .values(
                attempts=inbox.c.attempts + 1,
                next_at=case((hopeless, None), else_=now + _pause(inbox.c.attempts + 1)),
                state=case((hopeless, "dead"), else_="waiting"),
            )
            .returning(inbox)
        )
        rows = self.database.run(system_context(), lambda uow: uow.rows(claimed))
        return [_delivery(row) for row in rows if row.state == "waiting"]

    def _park(self, deliveries: Sequence[Delivery], state: str, code: str, detail: str | None) -> None:
        if not deliveries:
            return
        inbox, now = self.table, self.database.clock.now()
        parked = insert_rows(inbox, [self._row(d, state, code, detail, d.identity) for d in deliveries])
        waited_too_long = inbox.c.received_at < now - GIVE_UP_AFTER
        kept = ("attempts", "code", "detail", "body", "sender", "exchange", "routing_key", "headers")
        parked = parked.on_conflict_do_update(
            index_elements=[inbox.c.event_id],
            set_={
                **{name: parked.excluded[name] for name in kept},
                "attempts": func.greatest(inbox.c.attempts, parked.excluded.attempts),
                "state": case((waited_too_long, "dead"), else_=parked.excluded.state),
                "next_at": case((waited_too_long, None), else_=parked.excluded.next_at),
            },
            where=inbox.c.state != "handled",
        )
        self.database.run(system_context(), lambda uow: uow.execute(parked))
        for delivery in deliveries:
            name = _type(delivery)
            logger.warning("event_parked", extra={"event_type": name, "code": code, "state": state})
            metrics.event_handled(name, state)

    def _row(self, delivery: Delivery, state: str, code: str, detail: str | None, identity: UUID) -> dict[str, Any]:
        now = self.database.clock.now()
        attempts = max(delivery.tried, 1)
        return {
            "event_id": identity,
            "type": _type(delivery),
            "event_version": _version(delivery),
            "state": state,
            "attempts": attempts,
            "next_at": now + _seconds(attempts) if state == "waiting" else None,
            "code": code,
            "detail": cleaned(detail) if detail is not None else None,
            "body": None if _is_private(delivery) else _hex(delivery.body),
            "sender": cleaned(delivery.sender) if delivery.sender is not None else None,
            "exchange": cleaned(delivery.exchange),
            "routing_key": cleaned(delivery.routing_key),
            "headers": _headers(delivery.headers),
            "received_at": now,
        }


def cleaned(text: str) -> str:
    """Text that the database takes and a terminal shows, whatever it was."""
    printable = "".join(letter if letter.isprintable() else "�" for letter in text[:200])
    return printable.encode("utf-8", "replace").decode()


def _type(delivery: Delivery) -> str:
    """The event's type; only what could be one, since it becomes a label of metrics."""
    envelope = delivery.envelope
    return envelope.type if envelope is not None and re.fullmatch(r"[a-z0-9_]{1,80}", envelope.type) else "unknown"


def _version(delivery: Delivery) -> int:
    """The event's version; -1 for one that is none."""
    version = delivery.envelope.version if delivery.envelope is not None else -1
    return version if 0 <= version < 2**31 else -1


def _is_private(delivery: Delivery) -> bool:
    """Whether it may not be kept. What can't be read counts as what else comes by its exchange."""
    if delivery.event_class is not None:
        return delivery.event_class.private
    return any(event.private for event in EVENTS.values() if exchange(event.owner) == delivery.exchange)


def _hex(body: bytes) -> str:
    """Bytes as PostgreSQL reads them from text."""
    return "\\x" + body.hex()


def _headers(headers: Mapping[str, Any]) -> dict[str, str]:
    return {cleaned(str(name)): cleaned(str(value)) for name, value in list(headers.items())[:20]}


def _delivery(row: Row[Any]) -> Delivery:
    way = row.exchange or "", row.routing_key or ""
    return Delivery(bytes(row.body), *way, row.sender, row.headers or {}, row.attempts, row.event_id)


def _seconds(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 1, 2, 4 … seconds, at last ten minutes."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 12)), LONGEST_PAUSE)


def _pause(attempts: Any) -> Any:
    """The same in SQL."""
    seconds = func.power(2, func.least(attempts - 1, 12))
    return func.least(func.make_interval(0, 0, 0, 0, 0, 0, seconds), LONGEST_PAUSE)
