"""An older version of an event says the same as the newest."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from chassis.base.ids import new_id
from contracts.base import EVENTS, Contract, Event, State
from contracts.finance import events, events_v1
from contracts.schemas.generate import load_all
from contracts.versions import newest, newest_class, older
from tests.builders import messages

load_all()
OLDER = [event for event in EVENTS.values() if event.next is not None and event.__module__.startswith("contracts.")]
BEFORE = {
    events_v1.BillsPaid: (events_v1.PaidBill, events.PaidBill),
    events_v1.BillingRefused: (events_v1.RefusedBilling, events.RefusedBilling),
    events_v1.BillsCancelled: (events_v1.CancelledBills, events.CancelledBills),
    events_v1.BillCancellationRefused: (events_v1.RefusedCancellation, events.RefusedCancellation),
    events_v1.BillState: (events_v1.BillItem, events.BillItem),
}


def name(event: type[Event]) -> str:
    return f"{event.__name__}.v{event.version}"


@pytest.mark.parametrize("event", OLDER, ids=name)
def test_an_older_version_is_as_its_successor_is_heard_and_kept(event: type[Event]) -> None:
    newer = newest_class(event)
    assert event in older(newer)
    assert (event.rows_field, event.unheard, event.private) == (newer.rows_field, newer.unheard, newer.private)
    assert issubclass(event, State) == issubclass(newer, State)


@pytest.mark.parametrize("event", OLDER, ids=name)
def test_whoever_hears_the_newest_version_knows_the_older_one(event: type[Event]) -> None:
    """Also a process that has imported nothing else."""
    newer = newest_class(event)
    program = (
        f"from {newer.__module__} import {newer.__name__} as newest\n"
        "from contracts.versions import older\n"
        "print(*(event.version for event in older(newest)))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert str(event.version) in said.split()


def before(event: type[Event], **ids: Any) -> Event:
    """An event of the first version with one row, made of the newest one's example."""
    row, newer = BEFORE[event]
    values: dict[str, Any] = {"number": "JF0000000001", "kind": "exam", "amount": "60.00", "status": "unpaid"}
    made = messages.a(newer) if newer in messages.BUILT else events.BillItem(**_item(values))
    fields = {**dict(made), "selection_id": None, "registration_id": None, **ids}
    assert event.rows_field is not None
    return event(**{event.rows_field: (row(**fields),)})


def _item(values: dict[str, Any]) -> dict[str, Any]:
    ids = {field: new_id() for field in ("id", "student_id", "teaching_point_id", "course_id")}
    return {**values, **ids, "version": 7, "deleted": True, "source": messages.of_selection()}


def test_every_older_version_is_tried_here() -> None:
    assert set(OLDER) == set(BEFORE)


@pytest.mark.parametrize("event", BEFORE, ids=name)
@pytest.mark.parametrize("key", ["selection_id", "registration_id"])
def test_the_source_of_a_bill_was_one_of_two_ids_and_all_else_is_the_same(event: type[Event], key: str) -> None:
    id_ = new_id()
    old = before(event, **{key: id_})
    new = newest(old)
    assert isinstance(new, newest_class(event))
    (was,), (is_,) = getattr(old, str(event.rows_field)), getattr(new, str(event.rows_field))
    assert is_.source == (messages.of_selection(id_) if key == "selection_id" else messages.of_resit(id_))
    assert _rest(is_) == _rest(was)


def _rest(row: Contract) -> dict[str, Any]:
    return {field: value for field, value in row if field not in ("source", "selection_id", "registration_id")}


def test_a_row_that_names_neither_fits_no_version() -> None:
    with pytest.raises(ValidationError):
        newest(before(events_v1.BillsCancelled))
