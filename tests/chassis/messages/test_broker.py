"""On the real broker: relay, queue, consumer, what is undecodable, and who may do what."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
import requests
from amqp import Message
from amqp.exceptions import AccessRefused, NotFound
from kombu import Connection, Consumer, Exchange, Queue
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.base.ids import new_id
from chassis.messages.broker import CONNECTION_ERRORS, DELIVERY_LIMIT, dead_queue, service_queue
from chassis.messages.consumer import EventConsumer, Handler
from chassis.messages.delivery import Delivery, as_published
from chassis.messages.publisher import ConfirmingPublisher
from chassis.messages.relay import RETRY_RETURNED, Relay
from chassis.messages.senders import Senders, broker_user
from chassis.provisioning.broker import broker_url, provision_broker
from chassis.running.background import RelayLoop
from chassis.testing.harness import ServiceHarness, acting
from contracts.base import Envelope
from contracts.common import of_service
from contracts.errors import ServiceError
from contracts.parked import ReplayMessages
from tests.chassis.example import Elsewhere, Example, ParcelAdded, ParcelsWeighed, Weight
from tests.waiting import eventually

USERS = {"example": "example-password", "elsewhere": "elsewhere-password", "gateway": "gateway-password"}
SERVICES = [Example, Elsewhere]


@pytest.fixture
def broker(vhost: str, amqp_admin_url: str, management_url: str) -> str:
    """The virtual host with the example's place on it; its URL for an administrator."""
    provision_broker(amqp_admin_url, management_url, vhost, SERVICES, USERS)
    url = f"{amqp_admin_url.rstrip('/')}/{vhost}"
    with Connection(url) as connection:
        for queue in (service_queue("example"), dead_queue("example")):
            connection.channel().queue_purge(queue)
    return url


@pytest.fixture
def own_url(broker: str, amqp_admin_url: str, vhost: str) -> str:
    return broker_url(amqp_admin_url, vhost, "example", USERS["example"])


@pytest.fixture
def elsewhere_url(broker: str, amqp_admin_url: str, vhost: str) -> str:
    return broker_url(amqp_admin_url, vhost, "elsewhere", USERS["elsewhere"])


def publish(url: str, body: bytes, key: str = "parcels_weighed.v1", exchange: str = "elsewhere.events") -> None:
    """Publish as the user of the URL, in its name."""
    with Connection(url) as connection:
        connection.Producer().publish(
            body,
            exchange=exchange,
            routing_key=key,
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=2,
            user_id=Senders.at(url).own_user,
        )


def identity(envelope: Envelope) -> UUID:
    """What an event of elsewhere's is remembered by."""
    return as_published(envelope, ("elsewhere.events", "parcels_weighed.v1"), "elsewhere").identity


def handing_to(take: Callable[[Sequence[Delivery]], object]) -> Handler:
    """A handler that takes messages and needs no breath."""

    def handle(deliveries: Sequence[Delivery], breathe: Callable[[], None]) -> None:
        take(deliveries)

    return handle


@contextmanager
def consuming(
    url: str,
    take: Callable[[Sequence[Delivery]], object],
    reachable: Callable[[], bool] = lambda: True,
    set_aside: Callable[[Delivery], None] = lambda delivery: None,
) -> Iterator[EventConsumer]:
    consumer = EventConsumer(url, service_queue("example"), handing_to(take), reachable, set_aside)
    thread = threading.Thread(target=consumer.run, daemon=True)
    thread.start()
    try:
        yield consumer
    finally:
        consumer.stop()
        thread.join(10)
        assert not thread.is_alive()


def weighed() -> Envelope:
    event = ParcelsWeighed(weights=(Weight(label="a", grams=1),))
    from datetime import UTC, datetime

    return Envelope.of(event, event_id=new_id(), occurred_at=datetime.now(UTC), correlation_id=new_id())


def test_what_was_committed_is_published_and_arrives(example: ServiceHarness, broker: str, own_url: str) -> None:
    heard: list[bytes] = []
    with Connection(broker) as connection:
        channel = connection.channel()
        queue = Queue(exclusive=True, exchange=Exchange("example.events", "topic"), routing_key="#")
        with Consumer(channel, [queue(channel)], on_message=lambda m: heard.append(m.body), no_ack=True):
            loop = RelayLoop(example.database, own_url)
            loop.start()
            ids = [new_id() for _ in range(250)]
            for start in range(0, 250, 50):
                with example.database.unit_of_work() as uow:
                    for id_ in ids[start : start + 50]:
                        uow.publish(ParcelAdded(parcel_id=id_))
            while len(heard) < 250:
                connection.drain_events(timeout=10)
            loop.stop()
    assert {Envelope.model_validate_json(body).data["parcel_id"] for body in heard} == {str(i) for i in ids}
    assert example.rows(select(example.table("outbox"))) == []


def test_when_the_broker_is_away_the_outbox_keeps_everything(example: ServiceHarness) -> None:
    with example.database.unit_of_work() as uow:
        uow.publish(ParcelAdded(parcel_id=new_id()))
    relay = Relay(example.database, ConfirmingPublisher("amqp://nobody:x@127.0.0.1:1/none"))
    with pytest.raises(CONNECTION_ERRORS):
        relay.run_once()
    assert len(example.rows(select(example.table("outbox")))) == 1


def test_a_relay_killed_between_publishing_and_committing_publishes_again(
    example: ServiceHarness, own_url: str
) -> None:
    class KilledAfterPublishing(ConfirmingPublisher):
        def publish(self, messages: Sequence[object]) -> list[object]:
            super().publish(messages)
            raise KeyboardInterrupt

    with example.database.unit_of_work() as uow:
        uow.publish(ParcelAdded(parcel_id=new_id()))
    with pytest.raises(KeyboardInterrupt):
        Relay(example.database, KilledAfterPublishing(own_url)).run_once()
    assert Relay(example.database, ConfirmingPublisher(own_url)).drain() == 1


def test_an_event_to_an_exchange_that_is_gone_is_kept(example: ServiceHarness, own_url: str) -> None:
    with example.database.unit_of_work() as uow:
        uow.publish_to("nobodys.events", "x.v1", ParcelAdded(parcel_id=new_id()))
    with pytest.raises((NotFound, AccessRefused, OSError)):
        Relay(example.database, ConfirmingPublisher(own_url)).run_once()
    assert len(example.rows(select(example.table("outbox")))) == 1


def test_two_relays_share_the_outbox_and_publish_nothing_twice(example: ServiceHarness) -> None:
    sent: list[str] = []
    both_hold = threading.Barrier(2, timeout=10)

    class Collecting:
        def publish(self, messages: Sequence[object]) -> Sequence[object]:
            both_hold.wait()
            sent.extend(message.message for message in messages)  # type: ignore[attr-defined]
            return ()

    with example.database.unit_of_work() as uow:
        for _ in range(200):
            uow.publish(ParcelAdded(parcel_id=new_id()))
    relays = [threading.Thread(target=Relay(example.database, Collecting()).run_once) for _ in range(2)]
    for relay in relays:
        relay.start()
    for relay in relays:
        relay.join()
    assert len(sent) == len(set(sent)) == 200


def test_events_are_handed_on_in_groups_and_acknowledged(broker: str, own_url: str, elsewhere_url: str) -> None:
    groups: list[list[UUID]] = []
    envelopes = [weighed() for _ in range(60)]
    for envelope in envelopes:
        publish(elsewhere_url, envelope.model_dump_json().encode())
    with consuming(own_url, lambda group: groups.append([e.identity for e in group])):
        eventually(lambda: sum(map(len, groups)) == 60, "all events handled")
    assert len(groups) < 60, "several at a time"
    assert message_count(broker, service_queue("example")) == 0


def test_while_the_database_is_away_events_go_back_once_and_are_handled_when_it_is_back(
    broker: str, elsewhere_url: str, own_url: str
) -> None:
    """Every return counts as if the message had killed its process; after too many it would be given up."""
    back, probes = threading.Event(), []
    handled: list[Delivery] = []

    def reachable() -> bool:
        probes.append(not handled)
        return back.is_set() or len(probes) == 1

    def take(group: Sequence[Delivery]) -> None:
        if not back.is_set():
            raise OperationalError("SELECT", {}, Exception("no connection"))
        handled.extend(group)

    for _ in range(30):
        publish(elsewhere_url, weighed().model_dump_json().encode())
    with consuming(own_url, take, reachable):
        eventually(lambda: len(probes) >= 6, "probing while it is away")
        eventually(lambda: message_count(broker, service_queue("example")) == 30, "given back")
        back.set()
        eventually(lambda: len(handled) == 30, "handled, after the database came back")
    assert {delivery.headers.get("x-delivery-count") for delivery in handled} == {1}


def test_with_a_busy_pool_events_stay_in_hand_and_the_connection_lives(
    broker: str, elsewhere_url: str, own_url: str
) -> None:
    failures = [PoolTimeout() for _ in range(4)]
    handled: list[Delivery] = []

    def take(group: Sequence[Delivery]) -> None:
        if failures:
            raise failures.pop()
        handled.extend(group)

    publish(elsewhere_url, weighed().model_dump_json().encode())
    with consuming(own_url, take):
        eventually(lambda: len(handled) == 1, "handled after all")
    assert not handled[0].headers.get("x-delivery-count"), "never given back"


def test_a_message_that_kills_its_process_again_and_again_becomes_a_dead_row(
    broker: str, elsewhere_url: str, own_url: str, example: ServiceHarness
) -> None:
    envelope = weighed()
    publish(elsewhere_url, envelope.model_dump_json().encode())
    for _ in range(DELIVERY_LIMIT + 1):
        with Connection(own_url) as killed:
            eventually(lambda: killed.channel().basic_get(service_queue("example")), "delivered again")
    burying = EventConsumer(own_url, dead_queue("example"), example.inbox.bury, lambda: True, example.inbox.set_aside)
    thread = threading.Thread(target=burying.run, daemon=True)
    thread.start()
    eventually(lambda: len(example.parked()) == 1, "moved to the inbox")
    burying.stop()
    thread.join(10)
    (row,) = example.parked()
    assert (row.state, row.code, row.event_id) == ("dead", "delivery_limit", example.arriving(envelope).identity)
    assert (row.sender, row.exchange, row.routing_key) == ("elsewhere", "elsewhere.events", "parcels_weighed.v1")
    again = of_service("example", ReplayMessages)(message_ids=(row.event_id,))
    assert example.run(again, acting("messages.manage")).done == 1
    example.clock.advance(timedelta(seconds=1))
    example.inbox.retry_waiting()
    assert [row.code for row in example.parked()] == ["parcel_unknown"], "judged like any other, by its first way"


def test_what_no_queue_takes_stays_in_the_outbox_and_the_rest_goes_out(
    broker: str, own_url: str, example: ServiceHarness
) -> None:
    """As when a binding is lost, or a version is published that nobody hears yet."""
    with example.database.unit_of_work() as uow:
        uow.publish_to("elsewhere.events", "parcels_weighed.v1", ParcelAdded(parcel_id=new_id()))
        for _ in range(3):
            uow.publish(ParcelAdded(parcel_id=new_id()))
    outbox = example.table("outbox")
    with Connection(broker) as connection:
        connection.channel().queue_unbind(service_queue("example"), "elsewhere.events", "parcels_weighed.v1")
    relay = Relay(example.database, ConfirmingPublisher(broker))
    assert relay.run_once() == 4
    (kept,) = example.rows(select(outbox))
    assert kept.routing_key == "parcels_weighed.v1"
    assert kept.returned_at is not None
    assert relay.run_once() == 0, "it is kept apart"
    assert relay.retry_returned() == 0, "and left alone for a while"
    example.clock.advance(2 * RETRY_RETURNED)
    assert relay.retry_returned() == 1
    assert len(example.rows(select(outbox))) == 1, "as long as nobody takes it"
    with Connection(broker) as connection:
        connection.channel().queue_bind(service_queue("example"), "elsewhere.events", "parcels_weighed.v1")
    example.clock.advance(2 * RETRY_RETURNED)
    assert relay.retry_returned() == 1
    assert example.rows(select(outbox)) == []
    assert message_count(broker, service_queue("example")) == 1


def test_a_failure_that_nobody_foresaw_stops_no_consumer(broker: str, elsewhere_url: str, own_url: str) -> None:
    failures = [KeyError("a bug in the inbox itself"), ServiceError("command_in_progress")]
    handled: list[UUID] = []

    def handle(group: Sequence[Delivery]) -> None:
        if failures:
            raise failures.pop()
        handled.extend(e.identity for e in group)

    envelope = weighed()
    publish(elsewhere_url, envelope.model_dump_json().encode())
    with consuming(own_url, handle):
        eventually(lambda: handled == [identity(envelope)], "handled after all")


def test_a_consumer_whose_queue_was_gone_goes_on_when_it_is_back(
    broker: str, elsewhere_url: str, own_url: str, vhost: str, amqp_admin_url: str, management_url: str
) -> None:
    handled: list[UUID] = []
    with consuming(own_url, lambda group: handled.extend(e.identity for e in group)) as consumer:
        eventually(lambda: consumer.connected, "connected")
        with Connection(broker) as connection:
            connection.channel().queue_delete(service_queue("example"))
        eventually(lambda: not consumer.connected, "noticed")
        provision_broker(amqp_admin_url, management_url, vhost, SERVICES, USERS)
        envelope = weighed()
        publish(elsewhere_url, envelope.model_dump_json().encode())
        eventually(lambda: handled == [identity(envelope)], "handled after all")


def test_an_event_in_hand_when_its_process_ends_is_delivered_again(
    broker: str, elsewhere_url: str, own_url: str
) -> None:
    envelope = weighed()
    publish(elsewhere_url, envelope.model_dump_json().encode())
    with Connection(own_url) as killed:
        taken = killed.channel().basic_get(service_queue("example"))
        assert taken is not None
    handled: list[UUID] = []
    with consuming(own_url, lambda group: handled.extend(e.identity for e in group)):
        eventually(lambda: handled == [identity(envelope)], "delivered again")


def test_a_service_may_not_call_another_nor_publish_as_another(broker: str, own_url: str) -> None:
    for exchange, key in (
        ("nameko-rpc", "finance.approve_remittance"),
        ("elsewhere.events", "parcels_weighed.v1"),
    ):
        with pytest.raises(AccessRefused), Connection(own_url) as connection:
            publish_confirmed(connection, exchange, key)


def test_a_service_may_not_read_anothers_queue(broker: str, own_url: str) -> None:
    with Connection(broker) as connection:
        Queue("rpc-finance", durable=True)(connection.channel()).declare()
    with pytest.raises(AccessRefused), Connection(own_url) as connection:
        connection.channel().basic_get("rpc-finance")


def test_provisioning_again_removes_bindings_that_no_code_wants(
    broker: str, elsewhere_url: str, vhost: str, amqp_admin_url: str, management_url: str
) -> None:
    with Connection(broker) as connection:
        channel = connection.channel()
        channel.queue_bind(service_queue("example"), "elsewhere.events", "forgotten.v1")
    provision_broker(amqp_admin_url, management_url, vhost, SERVICES, USERS)
    publish(elsewhere_url, weighed().model_dump_json().encode(), key="forgotten.v1")
    assert message_count(broker, service_queue("example")) == 0


def publish_confirmed(connection: Connection, exchange: str, key: str) -> None:
    channel = connection.channel()
    channel.confirm_select()
    channel.basic_publish_confirm(channel.prepare_message(b"{}"), exchange, key)


def message_count(url: str, queue: str) -> int:
    with Connection(url) as connection:
        count: int = connection.channel().queue_declare(queue, passive=True).message_count
        return count


def test_rights_that_were_wider_are_as_declared_again(
    broker: str, vhost: str, amqp_admin_url: str, management_url: str
) -> None:
    user = f"{management_url}/api/permissions/{vhost}/{broker_user(vhost, 'example')}"
    wider = {"configure": ".*", "write": ".*", "read": ".*"}
    requests.put(user, json=wider, timeout=30).raise_for_status()
    provision_broker(amqp_admin_url, management_url, vhost, SERVICES, USERS)
    assert requests.get(user, timeout=30).json()["configure"] == "^$"


def test_no_poison_stops_the_consumer_or_takes_an_innocent_with_it(
    broker: str, elsewhere_url: str, own_url: str, example: ServiceHarness
) -> None:
    """Bodies that are none, and properties that make a client decode or decompress them."""
    good = [weighed() for _ in range(3)]
    bodies = [b"", b"\xff\xfe", b"{}", b"[" * 50_000, b'{"a": NaN}', b'{"event_id": "\\u0000"}']
    properties: list[dict[str, object]] = [
        {},
        {"content_encoding": "gzip"},
        {"content_encoding": "nothing-of-the-kind"},
        {"content_type": "application/x-python-serialize"},
        {"headers": {"compression": "application/x-gzip"}},
        {"headers": {"x" * 255: ["\x00", {"deep": [1, None]}]}},
    ]
    user = Senders.at(elsewhere_url).own_user
    with Connection(elsewhere_url) as connection:
        channel = connection.channel()
        for body in [*(each.model_dump_json().encode() for each in good), *bodies]:
            for extra in properties:
                sent = {"content_type": "application/json", "content_encoding": "utf-8", **extra}
                message = channel.prepare_message(body, properties={"user_id": user}, **sent)
                channel.basic_publish(message, "elsewhere.events", "parcels_weighed.v1")
    consumer = EventConsumer(
        own_url, service_queue("example"), example.inbox.handle, lambda: True, example.inbox.set_aside
    )
    thread = threading.Thread(target=consumer.run, daemon=True)
    thread.start()
    wanted = {example.arriving(envelope).identity for envelope in good}
    eventually(lambda: wanted <= {row.event_id for row in example.parked()}, "the good ones were tried")
    eventually(lambda: message_count(broker, service_queue("example")) == 0, "nothing goes round and round")
    consumer.stop()
    thread.join(10)
    by_state = {row.event_id: row.state for row in example.parked()}
    assert {by_state[id_] for id_ in wanted} == {"waiting"}, "for their parcel, which is not there yet"
    assert {row.code for row in example.parked() if row.event_id not in wanted} == {"undecodable_message"}
    assert message_count(broker, dead_queue("example")) == 0


def test_a_message_that_fails_for_ever_is_set_aside_and_the_others_are_handled(
    broker: str, elsewhere_url: str, own_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one whose every attempt PostgreSQL ends: nobody's refusal, and nothing that an outage explains."""
    monkeypatch.setattr("chassis.messages.consumer.PATIENCE", 2)
    envelopes = [weighed() for _ in range(5)]
    bad = identity(envelopes[2])
    handled: list[UUID] = []
    set_aside: list[UUID] = []

    def take(group: Sequence[Delivery]) -> None:
        if bad in [each.identity for each in group]:
            raise PoolTimeout
        handled.extend(each.identity for each in group)

    for envelope in envelopes:
        publish(elsewhere_url, envelope.model_dump_json().encode())
    with consuming(own_url, take, set_aside=lambda delivery: set_aside.append(delivery.identity)):
        eventually(lambda: len(handled) == 4 and set_aside == [bad], "one set aside, four handled")
    assert message_count(broker, service_queue("example")) == 0


class Unreadable(Message):  # type: ignore[misc]
    """A message whose properties are these bytes, whatever they mean."""

    raw: bytes

    def _serialize_properties(self) -> bytes:
        return self.raw


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\x80\x00\x02\xff\xfe", id="a content type that is no text"),
        pytest.param(b"\x00\x40" + b"\xff" * 8, id="a time that no calendar has"),
    ],
)
def test_properties_that_cannot_be_read_cost_nobody_else_anything(
    broker: str, elsewhere_url: str, own_url: str, example: ServiceHarness, raw: bytes
) -> None:
    good = weighed()
    with Connection(elsewhere_url) as connection:
        channel = connection.channel()
        poison = Unreadable(b"{}")
        poison.raw = raw
        channel.basic_publish(poison, "elsewhere.events", "parcels_weighed.v1")
        message = channel.prepare_message(
            good.model_dump_json().encode(), properties={"user_id": Senders.at(elsewhere_url).own_user}
        )
        channel.basic_publish(message, "elsewhere.events", "parcels_weighed.v1")
    consumer = EventConsumer(
        own_url, service_queue("example"), example.inbox.handle, lambda: True, example.inbox.set_aside
    )
    thread = threading.Thread(target=consumer.run, daemon=True)
    thread.start()
    eventually(lambda: len(example.parked()) == 2, "both were looked at")
    consumer.stop()
    thread.join(10)
    assert sorted((row.state, row.code) for row in example.parked()) == [
        ("refused", "sender_missing"),
        ("waiting", "parcel_unknown"),
    ]
    assert message_count(broker, dead_queue("example")) == 0
