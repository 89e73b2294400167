"""What a service has committed and not yet sent, and heard and not yet handled: for its metrics and for `status`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Float, Label, cast, func, select, union_all

from chassis.base import metrics
from chassis.data.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Backlog:
    """Counts and ages at one moment. An age is that of the oldest, in seconds; 0 where there is none."""

    outbox: int = 0
    """Events and noted states that wait for the relay."""
    outbox_oldest: float = 0.0
    returned: int = 0
    """What no queue took, and states that can't be built."""
    kept: Mapping[str, int] = field(default_factory=dict)
    """Events in the inbox that are not handled, by state."""
    waiting_oldest: float = 0.0
    """Of the events that wait for what they need."""


def backlog(uow: UnitOfWork) -> Backlog:
    """Read it from the service's own tables."""
    tables = uow.tables
    outbox, notes, inbox = (tables[name].c for name in ("outbox", "state_notes", "inbox"))
    # The database's clock wrote these instants, so that it tells their age.
    events = select(outbox.created_at.label("made_at")).where(outbox.returned_at.is_(None))
    kinds = notes.kind.in_(uow.service.publications)  # others are left by another version
    states = select(notes.noted_at).where(notes.correlation_id.is_not(None), notes.failed_at.is_(None), kinds)
    waiting = union_all(events, states).subquery().c
    unsent = uow.one(select(func.count().label("rows"), _age(waiting.made_at)))
    failed = select(func.count(notes.failed_at)).scalar_subquery()
    returned = uow.scalar(select(func.count(outbox.returned_at) + failed))
    parked = select(inbox.state, func.count().label("rows"), _age(inbox.received_at)).group_by(inbox.state)
    by_state = {row.state: row for row in uow.rows(parked.where(inbox.state != "handled"))}
    return Backlog(
        outbox=unsent.rows,
        outbox_oldest=unsent.oldest,
        returned=returned,
        kept={state: row.rows for state, row in by_state.items()},
        waiting_oldest=by_state["waiting"].oldest if "waiting" in by_state else 0.0,
    )


def count_backlog(uow: UnitOfWork) -> int:
    """Set the gauges; nothing is handled: 0."""
    found = backlog(uow)
    metrics.outbox_waiting(found.outbox, found.outbox_oldest)
    metrics.outbox_returned(found.returned)
    metrics.inbox_kept(found.kept, found.waiting_oldest)
    return 0


def _age(instants: ColumnElement[Any]) -> Label[float]:
    seconds = func.extract("epoch", func.clock_timestamp() - func.min(instants))
    return func.coalesce(func.greatest(cast(seconds, Float), 0.0), 0.0).label("oldest")
