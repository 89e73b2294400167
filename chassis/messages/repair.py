"""What people do with messages that did not get where they should, whether they came and were not handled or could not
be sent: look at them, try them again, give them up. The same for whoever signs in and for `./jiaowu dead`; what is done
is in the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Delete,
    Row,
    Select,
    Table,
    Text,
    Update,
    Uuid,
    and_,
    cast,
    delete,
    func,
    literal,
    null,
    select,
    update,
)

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

    def and_(self, done: Mapping[UUID, str]) -> Repaired:
        """The same with others that something was done with."""
        return replace(self, done={**self.done, **done})


@dataclass(frozen=True, slots=True)
class _Unsent:
    """Rows of a table that can't be sent. `since` is set of those."""

    table: Table
    since: str
    known_by: ColumnElement[UUID]
    """Stays the same while the row is tried again, which makes another row of it."""
    told: tuple[ColumnElement[Any], ...]

    def select(self) -> Select[Any]:
        """What is told of them."""
        since = self.table.c[self.since].label("returned_at")
        return select(self.known_by.label("id"), *self.told, since).where(self.is_apart)

    @property
    def is_apart(self) -> ColumnElement[bool]:
        """Whether a row of the table is one of them."""
        return self.table.c[self.since].is_not(None)


def parked(inbox: Table) -> Select[Any]:
    """What is told of the messages in an inbox: not what they carry, but whether that was kept whole."""
    whole = and_(inbox.c.body.is_not(None), inbox.c.sender.is_not(None)).label("whole")
    return select(*(column for column in inbox.c if column.name != "body"), whole)


def returned(uow: UnitOfWork) -> CompoundSelect[Any]:
    """The messages that the service can't send: what each is known by, exchange, key, when they were made and found to
    be so; of states that can't be built the row too."""
    messages, states = _unsent(uow)
    return messages.select().union_all(states.select())


def replay(uow: UnitOfWork, ids: Sequence[UUID]) -> Repaired:
    """Make dead messages wait again, due at once, and have those sent at once that could not be. The dead are judged
    anew by the sender and the way that were kept, so that one that names no sender or was not kept whole can't be tried
    again."""
    again = {"state": "waiting", "next_at": uow.now, "received_at": uow.now, "attempts": 0}
    sent = _resolve(uow, ids, "replay", "waiting", lambda each: update(each.table).values({each.since: None}))
    return _repair(uow, ids, "replay", _never_again, again).and_(sent)


def give_up(uow: UnitOfWork, ids: Sequence[UUID]) -> Repaired:
    """Give up messages that are dead, were put aside, or can't be sent. What came counts as handled, so that a second
    copy that arrives late is not handled after all; what was carried is erased."""
    gone = _resolve(uow, ids, "drop", "handled", lambda each: delete(each.table))
    return _repair(uow, ids, "drop", _not_yet, {**FORGOTTEN, "state": "handled", "code": "dropped"}).and_(gone)


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


def _unsent(uow: UnitOfWork) -> tuple[_Unsent, _Unsent]:
    """Messages that no queue takes, and states that can't be built: those are known by their kind and row."""
    outbox, notes = (uow.tables[name] for name in ("outbox", "state_notes"))
    message, note = outbox.c, notes.c
    way, no_row = (message.exchange, message.routing_key), cast(null(), Uuid).label("row_id")
    of_state = literal(exchange(uow.service.name), Text).label("exchange"), note.kind.label("routing_key")
    made = note.noted_at.label("created_at")
    return (
        _Unsent(outbox, "returned_at", _digest(*way, message.message), (*way, no_row, message.created_at)),
        _Unsent(notes, "failed_at", _digest(note.kind, cast(note.row_id, Text)), (*of_state, note.row_id, made)),
    )


def _digest(*texts: ColumnElement[Any]) -> ColumnElement[UUID]:
    return cast(func.md5(func.concat_ws("\n", *texts)), Uuid)


def _resolve(
    uow: UnitOfWork, ids: Sequence[UUID], action: str, state: str, change: Callable[[_Unsent], Update | Delete]
) -> Mapping[UUID, str]:
    """Change those of `ids` that can't be sent, so that they no longer are such; the state of each afterwards."""
    outbox, done = uow.tables["outbox"], {}
    for each in _unsent(uow):
        wanted = ids_in(each.known_by, ids)
        rows = uow.rows(each.select().where(wanted).with_for_update())
        if rows:
            uow.execute(change(each).where(wanted, each.is_apart))
        for row in {row.id: row for row in rows}.values():
            told = {"exchange": row.exchange, "routing_key": row.routing_key, "row_id": row.row_id}
            uow.audit(outbox, row.id, action, told, {"state": state})
            done[row.id] = state
    return done
