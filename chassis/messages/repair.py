"""What people do with messages that did not get where they should: look at them, try them again, give them up. The same
for whoever signs in and for `./jiaowu dead`; what is done is in the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CompoundSelect, Row, Select, Table, Text, Uuid, and_, cast, literal, null, select, update

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.parking import FORGOTTEN
from contracts.base import exchange

STILL_WAITING: Final = "message_still_waiting"


@dataclass(frozen=True, slots=True)
class Repaired:
    """What became of messages: the state now of each that something was done with, and of each other its state and why
    nothing was. Those that are not there, or are handled, are in neither."""

    done: Mapping[UUID, str]
    refused: Mapping[UUID, tuple[str, str]]


def parked(inbox: Table) -> Select[Any]:
    """What is told of the messages in an inbox: not what they carry, but whether that was kept whole."""
    whole = and_(inbox.c.body.is_not(None), inbox.c.sender.is_not(None)).label("whole")
    return select(*(column for column in inbox.c if column.name != "body"), whole)


def returned(uow: UnitOfWork) -> CompoundSelect[Any]:
    """The messages that the service can't send: exchange, key, when they were made and found to be so; of states that
    can't be built the row too."""
    outbox, notes = (uow.tables[name].c for name in ("outbox", "state_notes"))
    messages = select(outbox.exchange, outbox.routing_key, cast(null(), Uuid).label("row_id"), outbox.created_at)
    of_state = literal(exchange(uow.service.name), Text)
    failed = select(of_state, notes.kind, notes.row_id, notes.noted_at, notes.failed_at)
    return (
        messages.add_columns(outbox.returned_at)
        .where(outbox.returned_at.is_not(None))
        .union_all(failed.where(notes.failed_at.is_not(None)))
    )


def replay(uow: UnitOfWork, ids: Sequence[UUID]) -> Repaired:
    """Make dead messages wait again, due at once. They are judged anew by the sender and the way that were kept, so
    that one that names no sender or was not kept whole can't be tried again."""
    again = {"state": "waiting", "next_at": uow.now, "received_at": uow.now, "attempts": 0}
    return _repair(uow, ids, "replay", _never_again, again)


def give_up(uow: UnitOfWork, ids: Sequence[UUID]) -> Repaired:
    """Give up messages that are dead or were put aside. They count as handled, so that a second copy that arrives late
    is not handled after all; what they carried is erased."""
    return _repair(uow, ids, "drop", _not_yet, {**FORGOTTEN, "state": "handled", "code": "dropped"})


def _repair(
    uow: UnitOfWork,
    ids: Sequence[UUID],
    action: str,
    against: Callable[[Row[Any]], str | None],
    values: Mapping[str, Any],
) -> Repaired:
    inbox = uow.tables["inbox"]
    wanted = parked(inbox).where(ids_in(inbox.c.event_id, ids), inbox.c.state != "handled")
    rows = uow.rows(wanted.order_by(inbox.c.event_id).with_for_update())
    refused = {row.event_id: (row.state, reason) for row in rows if (reason := against(row))}
    done = [row for row in rows if row.event_id not in refused]
    if done:
        uow.execute(update(inbox).where(ids_in(inbox.c.event_id, [row.event_id for row in done])).values(values))
    _audit(uow, inbox, action, done, str(values["state"]))
    return Repaired({row.event_id: str(values["state"]) for row in done}, refused)


def _audit(uow: UnitOfWork, inbox: Table, action: str, rows: Iterable[Row[Any]], state: str) -> None:
    for row in rows:
        before = {"state": row.state, "type": row.type, "code": row.code, "sender": row.sender}
        uow.audit(inbox, row.event_id, action, before, {"state": state})


def _not_yet(row: Row[Any]) -> str | None:
    return STILL_WAITING if row.state == "waiting" else None


def _never_again(row: Row[Any]) -> str | None:
    if row.state == "refused":
        return "message_not_believed"
    return _not_yet(row) or (None if row.whole else "message_not_kept")
