"""A service's table is read from its handlers, and one that says two things at once does not even load."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chassis.declaring.entries import Group, Lines
from chassis.declaring.service import Service, command, query
from chassis.declaring.tasks import StepResult, TaskKind
from contracts.base import Page
from tests.chassis.example import AddParcel, Example, ListParcels, ParcelView, add_parcel, list_parcels, metadata
from tests.chassis.lending import Lending


def test_what_an_entry_handles_is_read_from_its_handler() -> None:
    assert {"add_parcel", "weigh_parcel", "list_parcels"} <= Example.operations.keys()
    entry = Example.operations["add_parcel"]
    assert (entry.operation, entry.answers, entry.handler) == (AddParcel, ParcelView, add_parcel)
    assert (entry.is_command, Example.operations["list_parcels"].is_command) == (True, False)


def test_events_are_heard_in_every_version_that_is_still_read() -> None:
    heard = {(event.__name__, event.version) for event in Lending.heard}
    assert {("BooksLent", 2), ("ReaderState", 2)} <= heard


def test_an_entry_that_is_not_named_after_its_contract_does_not_load() -> None:
    with pytest.raises(TypeError, match=r"strange\.take_parcel handles AddParcel: name it after its contract"):
        type("Strange", (Service,), {"name": "strange", "metadata": metadata, "take_parcel": command(add_parcel)})


def test_a_task_that_two_groups_declare_does_not_load() -> None:
    counting = TaskKind(lambda task, uow: (), lambda task, step, uow: StepResult())
    group = Group(lambda service: Lines(tasks={"count": counting}))
    with pytest.raises(TypeError, match="strange handles count twice"):
        type("Strange", (Service,), {"name": "strange", "metadata": metadata, "one": group, "other": group})


@pytest.mark.parametrize(
    ("declare", "handler", "says"),
    [(command, list_parcels, "command but handles ListParcels"), (query, add_parcel, "query but handles AddParcel")],
)
def test_a_command_is_no_query(declare: Callable[..., Any], handler: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        declare(handler)


def test_a_handler_answers_what_its_contract_says() -> None:
    def add(command: AddParcel, uow: object) -> Page[ParcelView]:
        raise NotImplementedError

    def listed(query: ListParcels, uow: object) -> ParcelView:
        raise NotImplementedError

    for declare, handler in ((command, add), (query, listed)):
        with pytest.raises(TypeError, match="its contract says"):
            declare(handler)
