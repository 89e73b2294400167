"""Events that were put aside: found, tried again, given up."""

import json
from dataclasses import replace
from uuid import UUID

import pytest

from chassis.base.ids import new_id
from chassis.data.database import Database
from contracts.base import Envelope
from contracts.finance.events import BillsPaid
from launcher.dead_events import DeadEvents
from services.courses.service import Courses
from services.finance.service import Finance


@pytest.fixture
def services(harness_of):
    return {"courses": harness_of(Courses), "finance": harness_of(Finance)}


@pytest.fixture
def dead(services):
    return DeadEvents({name: harness.database for name, harness in services.items()})


def park(harness) -> UUID:
    """Hand in an event of a version that nobody knows: it is dead at once."""
    envelope = Envelope(
        event_id=new_id(),
        type="bills_paid",
        version=99,
        occurred_at=harness.clock.now(),
        correlation_id=new_id(),
        causation_id=None,
        data={"bills": []},
    )
    harness.hear(envelope)
    return harness.arriving(envelope).identity


def test_dead_events_of_all_services_are_listed_with_their_reason(services, dead):
    parked = {park(services["courses"]), park(services["finance"])}
    listed = dead.list()
    assert {event.event_id for event in listed} == parked
    assert {event.service for event in listed} == {"courses", "finance"}
    assert {event.code for event in listed} == {"unknown_event"}
    assert {event.event_version for event in listed} == {99}
    body = dead.body(listed[0])
    assert body is not None
    assert json.loads(body)["version"] == 99
    assert listed[0].sender == "elsewhere"


def test_a_replayed_event_waits_to_be_tried_again(services, dead):
    event_id = park(services["courses"])
    assert dead.replay([event_id]) == 1
    assert dead.list() == []
    assert [event.state for event in dead.list(waiting=True)] == ["waiting"]
    services["courses"].inbox.retry_waiting()
    assert [event.event_id for event in dead.list()] == [event_id], "it is as unknown as before"


def test_a_dropped_event_is_forgotten_and_a_late_copy_changes_nothing(services, dead):
    event_id = park(services["courses"])
    assert dead.drop([event_id, new_id()]) == 1
    assert dead.list(waiting=True) == []
    assert dead.replay([event_id]) == 0


def test_while_a_database_is_away_the_others_are_told_of(services, dead):
    parked = park(services["courses"])
    away = Database("postgresql+psycopg2://nobody@127.0.0.1:1/none", Finance)
    some = DeadEvents({"courses": services["courses"].database, "finance": away})
    assert [event.event_id for event in some.list()] == [parked]
    assert some.returned() == []
    assert some.replay([parked]) == 1
    assert some.away == {"finance"}


def test_a_refused_message_is_listed_and_can_only_be_dropped(services, dead):
    courses = services["courses"]
    forged = replace(courses.arriving(courses.envelope(BillsPaid(bills=()))), sender="exams")
    courses.inbox.handle([forged])
    (event,) = dead.list()
    assert (event.state, event.code, event.sender) == ("refused", "sender_not_owner", "exams")
    assert dead.replay([event.event_id]) == 0
    assert dead.drop([event.event_id]) == 1


def test_what_no_queue_took_is_listed_and_can_be_dropped(services, dead):
    with services["courses"].database.unit_of_work() as uow:
        uow.execute(
            services["courses"].table("outbox").insert(),
            {"exchange": "courses.events", "routing_key": "x.v1", "message": "{}", "returned_at": uow.now},
        )
    [row] = dead.returned()
    assert (row.service, row.routing_key) == ("courses", "x.v1")
    assert dead.drop([row.id]) == 1
    assert dead.returned() == []
