"""Calls over a real broker: who answers, who only seems to, and what becomes of those who wait when it goes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import aiormq
import orjson
import pytest
from kombu import Connection, Consumer, Producer, Queue

from chassis.base.context import Context
from chassis.messages.broker import RPC_EXCHANGE, rpc_queue
from chassis.messages.senders import broker_user
from chassis.messages.wire import read_warily
from chassis.provisioning.broker import broker_url
from contracts.errors import ServiceError
from contracts.identity.queries import GetTokenKey
from gateway import bus as module
from gateway.bus import Bus
from tests.gateway.broker import PASSWORDS, Cable
from tests.gateway.live import do, submit
from tests.waiting import eventually

Answer = Callable[[Producer, Any], None]


class Identity:
    """Takes identity's calls in a thread of its own and does with each what it is told to."""

    def __init__(self, url: str, user: str) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answer: Answer = self.say({"key": "a key"})
        self._user = user
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(url,))
        self._thread.start()

    def say(self, answer: Any, **properties: Any) -> Answer:
        """Answers everything with this."""

        def reply(producer: Producer, message: Any) -> None:
            body = answer if isinstance(answer, bytes) else orjson.dumps({"answer": answer})
            producer.publish(
                body,
                exchange=RPC_EXCHANGE,
                routing_key=message.properties["reply_to"],
                correlation_id=message.properties["correlation_id"],
                content_type="application/json",
                content_encoding="utf-8",
                **{"user_id": self._user, **properties},
            )

        return reply

    def _run(self, url: str) -> None:
        read_warily()
        with Connection(url) as connection, connection.channel() as channel:
            channel.basic_qos(0, 1, False)  # answering reads what came meanwhile: one inside the other
            producer = Producer(channel)

            def take(body: Any, message: Any) -> None:
                self.asked.append(message.properties)
                self.answer(producer, message)
                message.ack()

            with Consumer(channel, [Queue(rpc_queue("identity"), no_declare=True)], callbacks=[take]):
                while not self._ending.is_set():
                    try:
                        connection.drain_events(timeout=0.1)
                    except TimeoutError:
                        continue

    def stop(self) -> None:
        self._ending.set()
        self._thread.join(10)


@pytest.fixture
def cable(broker_address: str) -> Iterator[Cable]:
    cable = Cable(broker_address)
    yield cable
    cable.close()


@pytest.fixture
def bus(cable: Cable) -> Iterator[Bus]:
    made = Bus(cable.url)
    running = submit(made.run())
    eventually(lambda: made.connected, "connected")
    yield made
    running.cancel()


@pytest.fixture
def identity(bus: Bus, amqp_admin_url: str, vhost: str) -> Iterator[Identity]:
    made = Identity(
        broker_url(amqp_admin_url, vhost, "identity", PASSWORDS["identity"]), broker_user(vhost, "identity")
    )
    yield made
    made.stop()


def ask(bus: Bus, seconds: float = 10.0) -> dict[str, Any]:
    return submit(bus.call(GetTokenKey, {}, Context(deadline=time.time() + seconds))).result(30)


def refusal(bus: Bus, seconds: float = 10.0) -> ServiceError:
    with pytest.raises(ServiceError) as refused:
        ask(bus, seconds)
    return refused.value


def test_an_answer_comes_to_who_asked_however_many_ask(bus: Bus, identity: Identity) -> None:
    def own(producer: Producer, message: Any) -> None:
        identity.say({"key": message.properties["correlation_id"]})(producer, message)

    identity.answer = own
    asked = [submit(bus.call(GetTokenKey, {}, Context(deadline=time.time() + 60))) for _ in range(100)]
    keys = [each.result(60)["key"] for each in asked]
    assert len(set(keys)) == 100
    properties = identity.asked[0]
    assert (properties["delivery_mode"], properties["user_id"]) == (1, bus._senders.own_user)
    assert 0 < int(properties["expiration"]) <= 60_000


def test_a_refusal_is_raised_as_the_service_says_it(bus: Bus, identity: Identity) -> None:
    said = ServiceError("stale_version").to_wire()
    identity.answer = identity.say(orjson.dumps({"error": said}))
    assert refusal(bus).code == "stale_version"


def test_who_is_not_answered_in_time_hears_that_and_a_late_answer_is_nobodys(bus: Bus, identity: Identity) -> None:
    late: list[Callable[[], None]] = []

    def keep(producer: Producer, message: Any) -> None:
        if late:
            late.pop()()
            identity.say({"key": "in time"})(producer, message)
        else:
            late.append(lambda: identity.say({"key": "late"})(producer, message))

    identity.answer = keep
    assert refusal(bus, 0.3).code == "deadline_exceeded"
    assert ask(bus) == {"key": "in time"}
    assert refusal(bus, -1).code == "deadline_exceeded", "nobody is asked"
    assert len(identity.asked) == 2


def test_an_answer_counts_from_the_service_that_was_asked_alone(
    bus: Bus, identity: Identity, amqp_admin_url: str, vhost: str
) -> None:
    stranger = Connection(broker_url(amqp_admin_url, vhost, "exams", PASSWORDS["exams"]))

    def answered_twice(producer: Producer, message: Any) -> None:
        with stranger.channel() as channel:
            identity.say({"key": "forged"}, user_id=broker_user(vhost, "exams"))(Producer(channel), message)
            identity.say({"key": "unsigned"}, user_id=None)(Producer(channel), message)
        identity.say({"key": "on a detour"}, headers={"x-death": [{"queue": "exams.inbox"}]})(producer, message)
        identity.say(b"{ no JSON")(producer, message)
        identity.say({"key": "true"})(producer, message)

    identity.answer = answered_twice
    assert ask(bus) == {"key": "true"}
    stranger.release()


def test_properties_that_cannot_be_read_cost_nobody_the_connection(bus: Bus, identity: Identity) -> None:
    def odd(producer: Producer, message: Any) -> None:
        identity.say({"key": "odd"}, timestamp=2**63 - 1)(producer, message)
        identity.say({"key": "true"})(producer, message)

    identity.answer = odd
    connection = bus._channel
    assert ask(bus) == {"key": "true"}
    assert bus._channel is connection


def test_who_waits_when_the_connection_goes_hears_it_at_once_and_others_are_answered_soon(
    bus: Bus, identity: Identity, cable: Cable
) -> None:
    usual, identity.answer = identity.answer, lambda producer, message: None
    waiting = [submit(bus.call(GetTokenKey, {}, Context(deadline=time.time() + 20))) for _ in range(5)]
    eventually(lambda: len(identity.asked) == 5, "all are asked")
    before, started = bus._reply_key, time.monotonic()
    cable.reset()
    for each in waiting:
        with pytest.raises(ServiceError, match="service_unavailable"):
            each.result(10)
    assert time.monotonic() - started < 5, "long before their deadline"
    identity.answer = usual
    eventually(lambda: bus.connected, "connected again")
    assert ask(bus) == {"key": "a key"}
    assert bus._reply_key != before


def test_a_broker_that_says_nothing_any_more_is_left(
    bus: Bus, identity: Identity, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its silence is noticed by the signs of life that do not come; then there is another connection."""
    before = bus._reply_key
    cable.stall()
    eventually(lambda: not bus.connected, "it is noticed", 60)
    eventually(lambda: bus.connected and bus._reply_key != before, "connected again", 30)
    assert ask(bus) == {"key": "a key"}


def test_a_connection_that_goes_while_it_is_made_is_made_again(
    broker_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, went = aiormq.connect, threading.Event()

    async def goes_once(*args: Any) -> Any:
        if not went.is_set():
            went.set()
            raise asyncio.CancelledError  # as the library says it, though nobody wants to end who waits
        return await connect(*args)

    monkeypatch.setattr(aiormq, "connect", goes_once)
    made = Bus(broker_address)
    running = submit(made.run())
    eventually(lambda: made.connected, "connected", 10)
    assert went.is_set()
    running.cancel()


def test_who_is_still_sending_when_that_is_noticed_hears_that_the_broker_is_away(
    bus: Bus, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One waits for the wire, the others for their turn on the channel."""
    monkeypatch.setattr(module, "_SENDING", 60.0)
    monkeypatch.setattr(module, "_MOST_UNSENT", 1 << 30)
    cable.stall()
    large = {"text": "x" * 1_000_000}

    async def ask_many() -> list[Any]:
        calls = [bus.call(GetTokenKey, large, Context(deadline=time.time() + 60)) for _ in range(16)]
        return await asyncio.gather(*calls, return_exceptions=True)

    outcomes = submit(ask_many()).result(60)
    assert {each.code if isinstance(each, ServiceError) else repr(each) for each in outcomes} == {"service_unavailable"}


def test_what_the_broker_does_not_take_is_bounded(
    bus: Bus, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_UNSENT", 100_000)
    large = {"text": "x" * 99_000}

    async def ask_many() -> list[Any]:
        calls = [bus.call(GetTokenKey, large, Context(deadline=time.time() + 5)) for _ in range(5)]
        return await asyncio.gather(*calls, return_exceptions=True)

    outcomes = submit(ask_many()).result(20)
    refused = [each for each in outcomes if isinstance(each, ServiceError) and each.code == "service_unavailable"]
    assert refused
    assert any(each == {"key": "a key"} for each in outcomes), "one at a time goes through"
    assert do(lambda: bus._unsent) == 0


def test_without_a_broker_nobody_waits(broker_address: str) -> None:
    nowhere = Bus(broker_address.replace("127.0.0.1", "127.0.0.9"))
    running = submit(nowhere.run())
    started = time.monotonic()
    assert refusal(nowhere).code == "service_unavailable"
    assert time.monotonic() - started < 1
    running.cancel()
