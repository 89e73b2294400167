"""Whose word counts: every way to say what is somebody else's to say is refused, and the usual ways are not."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.messages.delivery import Delivery, distrust, distrust_of_call, distrust_of_event, distrust_of_reply
from chassis.messages.senders import Senders, is_station
from contracts.base import Envelope, Event
from contracts.copies import CopyCompleted, CopyRequested
from contracts.device.events import CardRead
from tests.chassis.example import Example, LearnerState, ParcelState, ParcelsWeighed

WEIGHED = ("elsewhere.events", "parcels_weighed.v1")
PAGE = ("jiaowu.copies", "reply.example")
ASKED = ("jiaowu.copies", "requested.parcel_state")


def message(event: Event, way: tuple[str, str], sender: str | None, **headers: Any) -> Delivery:
    envelope = Envelope.of(event, event_id=uuid4(), occurred_at=datetime.now(UTC), correlation_id=uuid4())
    return Delivery(envelope.model_dump_json().encode(), *way, sender, headers)


def completed(kind: str = "learner_state") -> CopyCompleted:
    return CopyCompleted(kind=kind, request_id=UUID(int=1), count=0)


def requested(kind: str = "parcel_state") -> CopyRequested:
    return CopyRequested(kind=kind, reply_to="reply.x", request_id=UUID(int=1), requested_at=datetime.now(UTC))


NOTHING = ParcelsWeighed(weights=())
LEARNERS = LearnerState(items=())


@pytest.mark.parametrize(
    ("delivery", "reason"),
    [
        pytest.param(message(NOTHING, WEIGHED, "elsewhere"), None, id="an event from its owner"),
        pytest.param(message(NOTHING, WEIGHED, None), "sender_missing", id="an event without a sender"),
        pytest.param(message(NOTHING, WEIGHED, "exams"), "sender_not_owner", id="an event from another service"),
        pytest.param(message(NOTHING, WEIGHED, "gateway"), "sender_not_owner", id="an event from the gateway"),
        pytest.param(message(NOTHING, WEIGHED, "user admin"), "sender_not_owner", id="an event from an administrator"),
        pytest.param(
            message(NOTHING, ("exams.events", "parcels_weighed.v1"), "exams"),
            "sender_not_owner",
            id="another's event on one's own exchange",
        ),
        pytest.param(
            message(NOTHING, ("elsewhere.events", "learner_state.v1"), "elsewhere"),
            "key_not_type",
            id="an event under another's key",
        ),
        pytest.param(
            message(NOTHING, WEIGHED, "elsewhere", **{"x-death": []}), "rerouted", id="an event that died elsewhere"
        ),
        pytest.param(message(NOTHING, WEIGHED, "elsewhere", CC=["x"]), "rerouted", id="an event with copies"),
        pytest.param(message(LEARNERS, PAGE, "elsewhere"), None, id="a page from the owner"),
        pytest.param(message(LEARNERS, PAGE, "exams"), "sender_not_owner", id="a page from another service"),
        pytest.param(
            message(LEARNERS, ("jiaowu.copies", "reply.exams"), "elsewhere"), "key_not_type", id="a page for another"
        ),
        pytest.param(
            message(ParcelState(items=()), PAGE, "example"), "sender_not_owner", id="a page of what is not copied"
        ),
        pytest.param(message(NOTHING, PAGE, "elsewhere"), "sender_not_owner", id="a fact where pages come"),
        pytest.param(message(completed(), PAGE, "elsewhere"), None, id="the end of the pages from the owner"),
        pytest.param(message(completed(), PAGE, "exams"), "sender_not_owner", id="the end of the pages from another"),
        pytest.param(message(completed("x"), PAGE, "elsewhere"), "sender_not_owner", id="the end of unknown pages"),
        pytest.param(message(requested(), ASKED, "exams"), None, id="a service asks for a copy"),
        pytest.param(message(requested(), ASKED, None), "sender_missing", id="nobody asks for a copy"),
        pytest.param(message(requested(), ASKED, "gateway"), "sender_not_owner", id="the gateway asks for a copy"),
        pytest.param(message(requested(), ASKED, "station-a"), "sender_not_owner", id="a station asks for a copy"),
        pytest.param(message(requested(), ASKED, "user x"), "sender_not_owner", id="a stranger asks for a copy"),
        pytest.param(
            message(requested("other_state"), ASKED, "exams"), "sender_not_owner", id="a copy of what is not ours"
        ),
        pytest.param(
            message(requested(), ("jiaowu.copies", "requested.course_state"), "exams"),
            "sender_not_owner",
            id="a request that came by another's key",
        ),
        pytest.param(Delivery(b"{}", *PAGE, "elsewhere"), "key_not_type", id="rubbish where pages come"),
        pytest.param(Delivery(b"{}", *WEIGHED, "elsewhere"), None, id="the owner's rubbish, which is parked"),
    ],
)
def test_a_message_counts_from_its_owner_on_its_usual_way_alone(delivery: Delivery, reason: str | None) -> None:
    assert distrust(delivery, Example) == reason


def test_a_reading_counts_from_a_station_alone() -> None:
    event = CardRead.model_construct(reader="r")
    way = ("device.events", "card_read.v1")
    envelope = Envelope(
        event_id=uuid4(), type="card_read", version=1, occurred_at=datetime.now(UTC), correlation_id=uuid4(), data={}
    )
    assert event.private
    body = envelope.model_dump_json().encode()
    assert distrust_of_event(Delivery(body, *way, "station-a")) is None
    for sender in ("device", "finance", "user station-a", "station-a\n"):
        assert distrust_of_event(Delivery(body, *way, sender)) == "sender_not_owner"
    assert distrust_of_event(Delivery(body, *WEIGHED, "station-a")) == "sender_not_owner"


@pytest.mark.parametrize(
    ("sender", "exchange", "key", "operation", "headers", "reason"),
    [
        ("gateway", "nameko-rpc", "example.add_parcel", "example.add_parcel", {}, None),
        ("gateway", "nameko-rpc", "example.add_parcel", "example.weigh_parcel", {}, "key_not_type"),
        ("gateway", "nameko-rpc", "example.add_parcel", None, {}, "key_not_type"),
        ("gateway", "", "example.add_parcel", "example.add_parcel", {}, "sender_not_owner"),
        ("gateway", "nameko-rpc", "example.add_parcel", "example.add_parcel", {"x-death": []}, "rerouted"),
        ("gateway", "nameko-rpc", "example.add_parcel", "example.add_parcel", {"CC": []}, "rerouted"),
        ("exams", "nameko-rpc", "example.add_parcel", "example.add_parcel", {}, "sender_not_owner"),
        (None, "nameko-rpc", "example.add_parcel", "example.add_parcel", {}, "sender_missing"),
        ("user admin", "nameko-rpc", "example.add_parcel", "example.add_parcel", {}, "sender_not_owner"),
    ],
)
def test_a_call_counts_from_the_gateway_alone_and_for_what_it_meant(
    sender: str | None, exchange: str, key: str, operation: str | None, headers: dict[str, Any], reason: str | None
) -> None:
    assert distrust_of_call(Delivery(b"{}", exchange, key, sender, headers), operation) == reason


def test_an_answer_counts_from_who_was_asked_alone() -> None:
    assert distrust_of_reply(Delivery(b"{}", "nameko-rpc", "x", "finance"), "finance") is None
    assert distrust_of_reply(Delivery(b"{}", "nameko-rpc", "x", "exams"), "finance") == "sender_not_owner"
    assert distrust_of_reply(Delivery(b"{}", "nameko-rpc", "x", None), "finance") == "sender_missing"


def test_the_users_of_one_system_are_told_from_all_others() -> None:
    senders = Senders.at("amqp://trial-finance:secret@127.0.0.1:5672/trial")
    assert senders.own_user == "trial-finance"
    assert senders.name("trial-exams") == "exams"
    assert senders.name("station-a") == "station-a"
    assert senders.name(None) is None
    for stranger in ("exams", "jiaowu-exams", "trial-", "admin"):
        assert senders.name(stranger) == f"user {stranger}"
    assert not is_station(None)


def test_a_part_of_an_event_is_an_event_of_its_own_and_always_the_same() -> None:
    weights = tuple({"label": str(n), "grams": n} for n in range(5))
    whole = message(ParcelsWeighed(weights=weights), WEIGHED, "elsewhere")
    first, again, rest = whole.part(0, 2), whole.part(0, 2), whole.part(2, 5)
    assert first.identity == again.identity != rest.identity != whole.identity
    assert [row["grams"] for row in (*first.rows(), *rest.rows())] == [0, 1, 2, 3, 4]
    assert first.envelope is not None
    assert whole.envelope is not None
    assert first.envelope.correlation_id == whole.envelope.correlation_id


def test_what_the_broker_gave_up_is_known_by_the_way_it_first_came() -> None:
    deaths = [
        {"reason": "delivery_limit", "exchange": WEIGHED[0], "routing-keys": [WEIGHED[1]], "queue": "example.inbox"}
    ]
    dead = message(
        NOTHING, ("", "example.dead"), "elsewhere", **{"x-death": deaths, "x-first-death-queue": "x", "a": 1}
    )
    original, reason = dead.before_death("example.inbox")
    assert (original.exchange, original.routing_key, reason) == (*WEIGHED, "delivery_limit")
    assert original.headers == {"a": 1}
    assert distrust(original, Example) is None


@pytest.mark.parametrize(
    "deaths",
    [5, [5], [{}], [{"queue": "example.inbox", "routing-keys": 5}], [{"queue": "example.inbox", "routing-keys": []}]],
)
def test_headers_that_only_look_like_the_brokers_stop_nobody(deaths: object) -> None:
    message(NOTHING, WEIGHED, "elsewhere", **{"x-death": deaths}).before_death("example.inbox")


def test_a_message_that_died_elsewhere_before_does_not_come_clean() -> None:
    """A client can send the header itself: only the death in our own queue was ours."""
    ours = {"reason": "delivery_limit", "exchange": WEIGHED[0], "routing-keys": [WEIGHED[1]], "queue": "example.inbox"}
    forged = {"reason": "expired", "exchange": "elsewhere.events", "routing-keys": ["x.v1"], "queue": "exams.hidden"}
    dead = message(NOTHING, ("", "example.dead"), "elsewhere", **{"x-death": [ours, forged]})
    original, _ = dead.before_death("example.inbox")
    assert original.routing_key == WEIGHED[1]
    assert distrust(original, Example) == "rerouted"
