"""Local copies of other services' rows: fed by state events in any order, bootstrapped and rebuilt while they go on.

To fill a copy the consumer asks the owner (`CopyRequested`). The owner pages through its rows to that consumer only and
ends with `CopyCompleted`. Rows that were not seen since the request are gone at the owner and go here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row, Table, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.base.context import system_context
from chassis.base.failures import NotYet
from chassis.base.ids import new_id
from chassis.data.bulk import ids_in, insert_rows
from chassis.data.database import Database
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.entries import CopyEntry
from chassis.messages.delivery import Delivery
from contracts.base import Event, State, StateItem, type_name
from contracts.copies import COPIES_EXCHANGE, CopyCompleted, CopyRequested, copy_reply_key, copy_request_key

SomeState = TypeVar("SomeState", bound=State[Any])

PAGE = 500
"""Rows that the owner sends in one transaction: between pages its ordinary work goes first."""


def locked(
    uow: UnitOfWork,
    table: Table,
    ids: Iterable[UUID] = (),
    *,
    at_least: Iterable[tuple[UUID, int]] = (),
    alone: bool = False,
    required: bool = True,
) -> dict[UUID, Row[Any]]:
    """Rows of a copy by id, kept as they are until the transaction ends: what is made of a student's status is made
    before the next one arrives. `at_least` are ids with the version that the row must have reached.

    Whoever makes something of the same rows shares the lock; `alone` keeps those out too, for no lock can be put on
    what is not made yet. Raises NotYet when a row has not come or is older; a command, which can't wait, takes those
    that the actor sees (`required=False`).
    """
    versions: dict[UUID, int] = dict.fromkeys(ids, 0)
    for id_, version in at_least:
        versions[id_] = max(version, versions.get(id_, 0))
    if not versions:
        return {}
    wanted = select(table).where(ids_in(table.c.id, versions)).order_by(table.c.id)
    found = {row.id: row for row in uow.rows(wanted.with_for_update(read=not alone))}
    if required:
        one = table.name.removesuffix("s")
        if len(found) < len(versions):
            raise NotYet(f"{one}_unknown")
        if any(found[id_].version < version for id_, version in versions.items()):
            raise NotYet(f"{one}_not_current")
    return found


def current(uow: UnitOfWork, table: Table, events: Iterable[SomeState]) -> dict[UUID, tuple[Any, SomeState]]:
    """What events tell of each row last, with the event; without rows of which the copy has a newer state. So of two
    states the newer counts, in whichever order they come: the rows of the copy are held alone."""
    newest: dict[UUID, tuple[Any, SomeState]] = {}
    for event in events:
        for item in event.items:
            if item.id not in newest or newest[item.id][0].version < item.version:
                newest[item.id] = item, event
    known = locked(uow, table, newest, alone=True, required=False)
    return {id_: told for id_, told in newest.items() if id_ not in known or known[id_].version <= told[0].version}


class Copies:
    """Both ends of the copy protocol for one service."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.service = database.service
        tables = database.service.metadata.tables
        self.states: Table = tables["copy_states"]
        self.requests: Table = tables["copy_requests"]

    # --- the consumer's end ---

    def request_missing(self, *, late: bool = False) -> None:
        """Ask for every copy that was never completed. Asking twice is harmless: only the newest request counts.

        Where the service has completed others before, one that is not needed has come with this release: it is asked
        for when `late`, for as long as there are processes of the version before they take its pages and refuse them.
        """
        self.database.run(system_context(), lambda uow: self._request_missing(uow, late))

    def _request_missing(self, uow: UnitOfWork, late: bool) -> None:
        completed = self._completed(uow)
        wanted = (entry for entry in self.service.copies.values() if late or entry.needed or not completed)
        self._request(uow, [entry.kind for entry in wanted if entry.kind not in completed])

    def _completed(self, uow: UnitOfWork) -> set[str]:
        done = select(self.states.c.kind).where(self.states.c.completed_at.is_not(None))
        return {row.kind for row in uow.rows(done)}

    def rebuild(self, kinds: Sequence[str] | None = None) -> None:
        """Ask for copies anew (all of them by default). They stay in use meanwhile."""
        wanted = list(self.service.copies) if kinds is None else list(kinds)
        self.database.run(system_context(), lambda uow: self._request(uow, wanted))

    def _request(self, uow: UnitOfWork, kinds: Sequence[str]) -> None:
        for kind in kinds:
            request_id = new_id()
            row = {"kind": kind, "request_id": request_id, "requested_at": uow.now}
            uow.execute(insert(self.states).values(row).on_conflict_do_update(index_elements=["kind"], set_=row))
            asked = CopyRequested(
                kind=kind,
                reply_to=copy_reply_key(self.service.name),
                request_id=request_id,
                requested_at=uow.now,
            )
            uow.publish_to(COPIES_EXCHANGE, copy_request_key(kind), asked)

    def missing(self) -> list[str]:
        """Needed kinds that were never completed: without them the service is not ready."""
        completed = self.database.run(system_context(), self._completed)
        return [entry.kind for entry in self.service.copies.values() if entry.needed and entry.kind not in completed]

    def take(self, events: Sequence[Event], uow: UnitOfWork, deliveries: Sequence[Delivery]) -> None:
        """Take in state items, requests and completions, all of one type and come the same way, with the messages that
        they came in."""
        if isinstance(events[0], State):
            entry = self.service.copies.get(type_name(type(events[0])))
            if entry is not None:
                items = [item for event in events for item in event.items]  # type: ignore[attr-defined]
                self._upsert(entry, items, uow, pages=deliveries[0].is_copy_page)
        for event, delivery in zip(events, deliveries, strict=True):
            if isinstance(event, CopyRequested):
                self._remember_request(event, delivery.sender, uow)
            elif isinstance(event, CopyCompleted):
                self._complete(event, uow)

    # A row is overwritten by a higher version, from wherever it comes; and by a page of a rebuild also when nothing was
    # written to it since the rebuild was asked for: whatever version it claims, the owner says otherwise. An event that
    # came between request and page has set `seen_at`, so that an older page leaves it alone; one that comes after the
    # page has a higher version than the page's. An event that loses against a forged version doesn't set `seen_at`,
    # or it would shield the row from the page. What remains: a forged version that comes during a rebuild stays until
    # the next, and so does a change of a forged row whose event comes before a page that was read before the change.
    def _upsert(self, entry: CopyEntry, items: Sequence[StateItem], uow: UnitOfWork, *, pages: bool) -> None:
        newest: dict[Any, StateItem] = {}
        for item in items:
            if item.id not in newest or newest[item.id].version < item.version:
                newest[item.id] = item
        if not newest:
            return
        table = entry.table
        # In id order, so that two processes with overlapping items wait for each other instead of deadlocking.
        rows = [self._row(entry, newest[id_], uow) for id_ in sorted(newest)]
        taken = insert_rows(table, rows)
        wins = taken.excluded.version > table.c.version
        values: dict[str, Any] = {c.name: taken.excluded[c.name] for c in table.c if c.name != "id"}
        if pages:
            asked = select(self.states.c.requested_at).where(self.states.c.kind == entry.kind).scalar_subquery()
            wins = or_(wins, table.c.seen_at < asked)
            # A page that changes nothing still proves that the owner has the row.
            values = {name: case((wins, new), else_=table.c[name]) for name, new in values.items()}
            values["seen_at"] = func.greatest(taken.excluded.seen_at, table.c.seen_at)
            uow.execute(taken.on_conflict_do_update(index_elements=[table.c.id], set_=values))
        else:
            uow.execute(taken.on_conflict_do_update(index_elements=[table.c.id], set_=values, where=wins))

    @staticmethod
    def _row(entry: CopyEntry, item: StateItem, uow: UnitOfWork) -> dict[str, Any]:
        if entry.prepare is not None:
            fields = entry.prepare(item)
        else:
            dumped = item.model_dump()
            fields = {c.name: dumped[c.name] for c in entry.table.c if c.name in dumped}
        return {**fields, "id": item.id, "version": item.version, "deleted": item.deleted, "seen_at": uow.now}

    def _complete(self, event: CopyCompleted, uow: UnitOfWork) -> None:
        states = self.states
        finished = (
            update(states)
            .where(states.c.request_id == event.request_id)
            .values(completed_at=uow.now)
            .returning(states.c.requested_at)
        )
        request = uow.first(finished)
        entry = self.service.copies.get(event.kind)
        if request is None or entry is None:
            return
        table = entry.table
        seen = uow.scalar(select(func.count()).select_from(table).where(table.c.seen_at >= request.requested_at))
        if seen < event.count:
            # Pages and completion travel through one queue, but several processes share it: the pages are on their way.
            raise NotYet("copy_pages_missing")
        uow.execute(delete(table).where(table.c.seen_at < request.requested_at))

    # --- the owner's end ---

    def _remember_request(self, event: CopyRequested, sender: str | None, uow: UnitOfWork) -> None:
        """The answer goes to who sent the request, whatever it says itself."""
        if event.kind in self.service.publications and sender is not None:
            row = {"request_id": event.request_id, "kind": event.kind, "reply_to": copy_reply_key(sender)}
            uow.execute(insert(self.requests).values(row).on_conflict_do_nothing())

    def serve_next_page(self) -> bool:
        """Send one page of one open request; whether there was one. Several processes share the open requests."""
        return self.database.run(system_context(), self._serve_next_page)

    def _serve_next_page(self, uow: UnitOfWork) -> bool:
        requests = self.requests
        oldest = select(requests).order_by(requests.c.created_at).limit(1).with_for_update(skip_locked=True)
        request = uow.first(oldest)
        if request is None:
            return False
        entry = self.service.publications[request.kind]
        table = entry.table
        page = select(table.c.id).order_by(table.c.id).limit(PAGE)
        if request.after_id is not None:
            page = page.where(table.c.id > request.after_id)
        ids = [row.id for row in uow.rows(page)]
        if ids:
            items = tuple(entry.builder(ids, uow))
            uow.publish_to(COPIES_EXCHANGE, request.reply_to, entry.state(items=items))
            progress = {"after_id": ids[-1], "sent": request.sent + len(items)}
            uow.execute(update(requests).where(requests.c.request_id == request.request_id).values(progress))
        else:
            completed = CopyCompleted(kind=request.kind, request_id=request.request_id, count=request.sent)
            uow.publish_to(COPIES_EXCHANGE, request.reply_to, completed)
            uow.execute(delete(requests).where(requests.c.request_id == request.request_id))
        return True
