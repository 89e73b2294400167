"""Revocations over a real broker: heard as events, asked for again after every break. Notices come by that queue."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from kombu import Connection

from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.messages.senders import broker_user
from chassis.provisioning.broker import broker_url
from contracts.base import Envelope, Event, Operation, exchange, routing_key
from contracts.errors import ServiceError
from contracts.identity.events import AccessRevoked, KeptNotice, NoticesKept, Revocation
from contracts.identity.tokens import LONGEST_TRANSACTION, MAX_LIFETIME
from gateway.bus import Bus
from gateway.revocations import RevocationList
from gateway.sync import RevocationSync
from tests.gateway.broker import PASSWORDS, Cable
from tests.gateway.live import do, submit
from tests.waiting import eventually


class Answering:
    """Answers `ListRevocations` as identity would."""

    def __init__(self) -> None:
        self.revocations: list[Revocation] = []
        self.asked_since: list[datetime] = []
        self.down = False
        self.keys: list[str] = []
        self.as_of = datetime.now(UTC) - timedelta(seconds=LONGEST_TRANSACTION)

    async def call(self, operation: type[Operation], payload: dict[str, Any], context: Context) -> dict[str, Any]:
        if self.down:
            raise ServiceError("service_unavailable", service="identity")
        since = datetime.fromisoformat(payload["since"])
        self.asked_since.append(since)
        items = [each.model_dump(mode="json") for each in self.revocations if each.revoked_at >= since]
        return {"items": items, "as_of": self.as_of.isoformat(), "token_keys": self.keys}


def no_matter(keys: Sequence[str]) -> None:
    """Whoever trusts which keys."""


class Listener:
    """A gateway's bus, of which somebody hears who was thrown out and what was told."""

    def __init__(
        self,
        url: str,
        revocations: RevocationList,
        reconnected: Callable[[], None],
        notices: Callable[[NoticesKept], None] = lambda event: None,
    ) -> None:
        def heard(event: AccessRevoked | NoticesKept) -> None:
            if isinstance(event, AccessRevoked):
                revocations.apply(event.revocations)
            else:
                notices(event)

        self._bus = Bus(url, heard, reconnected)

    @property
    def connected(self) -> bool:
        return self._bus.connected

    def start(self) -> None:
        self._running = submit(self._bus.run())

    def stop(self) -> None:
        self._running.cancel()


class Asking:
    """A sync that asks beside the test."""

    def __init__(self, sync: RevocationSync) -> None:
        self._running = submit(sync.run())

    def stop(self) -> None:
        self._running.cancel()


def ended(session_id: UUID, ago: float = 0) -> Revocation:
    at = datetime.now(UTC) - timedelta(seconds=ago)
    return Revocation(user_id=new_id(), session_id=session_id, epoch=None, revoked_at=at)


def is_known(revocations: RevocationList, session_id: UUID) -> bool:
    return revocations.is_revoked(new_id(), session_id, 1)


Publish = Callable[..., None]


@pytest.fixture
def publish(broker_address: str, amqp_admin_url: str, vhost: str) -> Publish:
    """Publish a revocation unless another event is named, as identity unless another sender is."""

    def publish(body: bytes, sender: str = "identity", event: type[Event] = AccessRevoked, **headers: object) -> None:
        with Connection(broker_url(amqp_admin_url, vhost, sender, PASSWORDS[sender])) as connection:
            connection.Producer().publish(
                body,
                exchange=exchange(event.owner),
                routing_key=routing_key(event),
                content_type="application/json",
                content_encoding="utf-8",
                user_id=broker_user(vhost, sender),
                headers=headers,
            )

    return publish


@pytest.fixture
def revocations() -> RevocationList:
    return RevocationList()


@pytest.fixture
def connections() -> list[float]:
    return []


@pytest.fixture
def listener(
    broker_address: str, publish: Publish, revocations: RevocationList, connections: list[float]
) -> Iterator[Listener]:
    listening = Listener(broker_address, revocations, lambda: connections.append(time.monotonic()))
    listening.start()
    eventually(lambda: listening.connected, "the listener connects")
    yield listening
    listening.stop()


def envelope(*revoked: Revocation) -> bytes:
    event = AccessRevoked(revocations=revoked)
    made = Envelope.of(event, event_id=new_id(), occurred_at=datetime.now(UTC), correlation_id=new_id())
    return made.model_dump_json().encode()


def test_an_event_is_heard_at_once(publish: Publish, listener: Listener, revocations: RevocationList) -> None:
    first, second = new_id(), new_id()
    publish(envelope(ended(first), ended(second)))
    eventually(lambda: is_known(revocations, first) and is_known(revocations, second), "both are known", 5)


def test_every_gateway_hears_it(
    broker_address: str, publish: Publish, listener: Listener, revocations: RevocationList
) -> None:
    others = RevocationList()
    other = Listener(broker_address, others, lambda: None)
    other.start()
    eventually(lambda: other.connected, "the other connects")
    session = new_id()
    publish(envelope(ended(session)))
    eventually(lambda: is_known(revocations, session) and is_known(others, session), "both gateways know", 5)
    other.stop()


def test_what_cannot_be_understood_is_asked_for(
    publish: Publish, listener: Listener, revocations: RevocationList, connections: list[float]
) -> None:
    before = len(connections)
    for rubbish in (b"rubbish", b"{}"):
        publish(rubbish)
    publish(b"rubbish", compression="application/x-gzip")
    eventually(lambda: len(connections) == before + 3, "asked three times", 5)
    session = new_id()
    publish(envelope(ended(session)))
    eventually(lambda: is_known(revocations, session), "the listener goes on", 5)


def test_only_identity_may_end_a_session(publish: Publish, listener: Listener, revocations: RevocationList) -> None:
    """A service can't publish there by its rights; a message that was sent on bears identity's name all the same."""
    forged, session = new_id(), new_id()
    publish(envelope(ended(forged)), **{"x-death": [{"queue": "exams.inbox"}]})
    publish(envelope(ended(forged)).replace(b"access_revoked", b"access_changed"))
    publish(envelope(ended(session)))
    eventually(lambda: is_known(revocations, session), "the true one is heard", 5)
    assert not is_known(revocations, forged)


def test_every_gateway_hears_of_new_notices_and_goes_on_hearing_revocations(
    broker_address: str, publish: Publish, revocations: RevocationList
) -> None:
    heard: list[list[NoticesKept]] = [[], []]
    gateways = [Listener(broker_address, revocations, lambda: None, told.append) for told in heard]
    for each in gateways:
        each.start()
    eventually(lambda: all(each.connected for each in gateways), "both connect")
    fields = dict.fromkeys(
        ("id", "subject_id", "student_id", "teaching_point_id", "applicant_id", "actor_id"), new_id()
    )
    names = {"service": "courses", "workflow": "withdrawal", "action": "approve", "state": "pending_finance"}
    one = KeptNotice(**names, **fields, tells_student=True)
    event, session = NoticesKept(notices=(one,)), new_id()
    made = Envelope.of(event, event_id=new_id(), occurred_at=datetime.now(UTC), correlation_id=new_id())
    publish(made.model_dump_json().encode(), event=NoticesKept)
    publish(envelope(ended(session)))
    eventually(lambda: is_known(revocations, session) and heard == [[event], [event]], "both have heard", 5)
    for each in gateways:
        each.stop()


def test_after_a_lost_connection_it_comes_back_and_asks(
    broker_address: str, publish: Publish, revocations: RevocationList, connections: list[float]
) -> None:
    cable = Cable(broker_address)
    listener = Listener(cable.url, revocations, lambda: connections.append(time.monotonic()))
    listener.start()
    eventually(lambda: len(connections) == 1, "the listener connects")
    cable.reset()
    eventually(lambda: len(connections) == 2, "connected again", 10)
    session = new_id()
    publish(envelope(ended(session)))
    eventually(lambda: is_known(revocations, session), "heard again", 5)
    listener.stop()
    cable.close()


def test_asking_finds_what_no_event_told(revocations: RevocationList) -> None:
    identity, session = Answering(), new_id()
    identity.revocations.append(ended(session, ago=200))
    submit(RevocationSync(identity, revocations, no_matter).ask()).result(5)
    assert is_known(revocations, session)


def test_it_asks_first_from_before_any_token_and_then_from_where_the_answer_says(
    revocations: RevocationList,
) -> None:
    identity = Answering()
    sync = RevocationSync(identity, revocations, no_matter)
    submit(sync.ask()).result(5)
    submit(sync.ask()).result(5)
    first, second = identity.asked_since
    assert first < datetime.now(UTC) - timedelta(seconds=MAX_LIFETIME + LONGEST_TRANSACTION)
    assert second == identity.as_of


def test_it_goes_on_asking_while_identity_is_down(revocations: RevocationList) -> None:
    identity, session = Answering(), new_id()
    identity.down = True
    identity.revocations.append(ended(session))
    sync = RevocationSync(identity, revocations, no_matter, every=0.05)
    asking = Asking(sync)
    try:
        assert not is_known(revocations, session)
        identity.down = False
        eventually(lambda: is_known(revocations, session), "asked again", 5)
    finally:
        asking.stop()


def test_a_gateway_that_starts_while_identity_hangs_knows_that_it_knows_nothing(revocations: RevocationList) -> None:
    identity, session = Answering(), new_id()
    identity.down = True
    identity.revocations.append(ended(session))
    sync = RevocationSync(identity, revocations, no_matter, every=600)
    asking = Asking(sync)
    try:
        assert not revocations.complete
        identity.down = False
        eventually(lambda: revocations.complete, "asked again soon, however seldom it asks later", 10)
        assert is_known(revocations, session)
    finally:
        asking.stop()


def test_what_counts_is_told_with_the_revocations_and_only_when_it_is_told(revocations: RevocationList) -> None:
    identity, trusted = Answering(), []
    sync = RevocationSync(identity, revocations, trusted.append)
    submit(sync.ask()).result(5)
    assert trusted == [], "none were told"
    identity.keys = ["new", "old"]
    submit(sync.ask()).result(5)
    assert [list(keys) for keys in trusted] == [["new", "old"]]


def test_being_woken_it_asks_now(revocations: RevocationList) -> None:
    identity = Answering()
    sync = RevocationSync(identity, revocations, no_matter, every=600)
    asking = Asking(sync)
    try:
        eventually(lambda: len(identity.asked_since) == 1, "asked once", 5)
        do(sync.wake)
        eventually(lambda: len(identity.asked_since) == 2, "asked twice", 5)
    finally:
        asking.stop()
