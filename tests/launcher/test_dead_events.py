"""Events that were put aside: found, tried again, given up."""

from uuid import UUID

import pytest

from chassis.ids import new_id
from contracts.base import Envelope
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
    harness.inbox.handle([envelope])
    return envelope.event_id


def test_dead_events_of_all_services_are_listed_with_their_reason(services, dead):
    parked = {park(services["courses"]), park(services["finance"])}
    listed = dead.list()
    assert {event.event_id for event in listed} == parked
    assert {event.service for event in listed} == {"courses", "finance"}
    assert {event.code for event in listed} == {"unknown_event"}
    assert listed[0].envelope["version"] == 99


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
