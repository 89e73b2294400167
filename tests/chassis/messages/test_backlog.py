"""What is not sent and not handled is counted by what it waits for, with the age of the oldest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.messages.backlog import Backlog, backlog
from chassis.testing.harness import ServiceHarness

DAY = timedelta(days=1)


def put(example: ServiceHarness, table: str, age: timedelta = timedelta(), **columns: Any) -> None:
    """A row that the database's clock wrote so long ago."""
    made_at = {"outbox": "created_at", "state_notes": "noted_at", "inbox": "received_at"}[table]
    row = {made_at: func.now() - age, **columns}
    example.database.run(system_context(), lambda uow: uow.execute(insert(example.table(table)).values(row)))


def event(example: ServiceHarness, age: timedelta = timedelta(), **columns: Any) -> None:
    put(example, "outbox", age, exchange="example.events", routing_key="parcel_added.v1", message="{}", **columns)


def note(example: ServiceHarness, age: timedelta = timedelta(), **columns: Any) -> None:
    columns = {"kind": "parcel_state", "row_id": new_id(), "correlation_id": new_id(), **columns}
    put(example, "state_notes", age, **columns)


def parked(example: ServiceHarness, state: str, age: timedelta = timedelta()) -> None:
    put(example, "inbox", age, event_id=new_id(), type="parcels_weighed", event_version=1, state=state)


def seen(example: ServiceHarness) -> Backlog:
    found: Backlog = example.database.run(system_context(), backlog)
    return found


def test_where_nothing_waits_all_is_zero(example: ServiceHarness) -> None:
    assert seen(example) == Backlog()


def test_events_and_noted_states_wait_for_the_relay_together(example: ServiceHarness) -> None:
    event(example)
    note(example, DAY)
    found = seen(example)
    assert (found.outbox, found.returned) == (2, 0)
    assert DAY.total_seconds() <= found.outbox_oldest < 2 * DAY.total_seconds()


def test_what_came_back_and_what_can_not_be_built_is_counted_apart_and_makes_nothing_old(
    example: ServiceHarness,
) -> None:
    event(example, DAY, returned_at=func.now())
    note(example, DAY, failed_at=func.now())
    assert seen(example) == Backlog(returned=2)


def test_a_note_that_nothing_waits_for_or_of_another_versions_kind_is_no_backlog(example: ServiceHarness) -> None:
    note(example, DAY, correlation_id=None)
    note(example, DAY, kind="crate_state")
    assert seen(example) == Backlog()


def test_unhandled_events_are_counted_by_state_and_only_waiting_ones_grow_old(example: ServiceHarness) -> None:
    parked(example, "handled", 9 * DAY)
    parked(example, "dead", 9 * DAY)
    parked(example, "refused", 9 * DAY)
    assert seen(example) == Backlog(kept={"dead": 1, "refused": 1})
    parked(example, "waiting", DAY)
    parked(example, "waiting")
    found = seen(example)
    assert found.kept == {"dead": 1, "refused": 1, "waiting": 2}
    assert DAY.total_seconds() <= found.waiting_oldest < 2 * DAY.total_seconds()
