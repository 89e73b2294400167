"""Revocations over a real broker: heard as events, asked for again after every break. Notices come by that queue."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from kombu import Connection

from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.data.tables import service_metadata
from chassis.declaring.service import Service
from chassis.messages.senders import broker_user
from chassis.provisioning.broker import broker_url, provision_broker
from contracts.base import Envelope, Event, Operation, exchange, routing_key
from contracts.errors import ServiceError
from contracts.identity.events import AccessRevoked, KeptNotice, NoticesKept, Revocation
from contracts.identity.tokens import LONGEST_TRANSACTION, MAX_LIFETIME
from gateway.bus import Bus
from gateway.revocations import RevocationList
from gateway.sync import RevocationSync
from tests.gateway.live import do, submit
from tests.waiting import eventually


class Identity(Service):
    """Who ends sessions, and who does not."""

    name = "identity"
    metadata = service_metadata("identity")


class Exams(Service):
    name = "exams"
    metadata = service_metadata("exams")


SERVICES: list[type[Service]] = [Identity, Exams]
PASSWORDS = {name: f"{name}-password" for name in ("identity", "exams", "gateway")}


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


@pytest.fixture
def url(amqp_admin_url: str, management_url: str, vhost: str) -> str:
    provision_broker(amqp_admin_url, management_url, vhost, SERVICES, PASSWORDS)
    return broker_url(amqp_admin_url, vhost, "gateway", PASSWORDS["gateway"])


Publish = Callable[..., None]


@pytest.fixture
def publish(url: str, amqp_admin_url: str, vhost: str) -> Publish:
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
def listener(url: str, publish: Publish, revocations: RevocationList, connections: list[float]) -> Iterator[Listener]:
    listening = Listener(url, revocations, lambda: connections.append(time.monotonic()))
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


def test_every_gateway_hears_it(url: str, publish: Publish, listener: Listener, revocations: RevocationList) -> None:
    others = RevocationList()
    other = Listener(url, others, lambda: None)
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
    url: str, publish: Publish, revocations: RevocationList
) -> None:
    heard: list[list[NoticesKept]] = [[], []]
    gateways = [Listener(url, revocations, lambda: None, told.append) for told in heard]
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


class Cable:
    """A connection to the broker that can be cut."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._broker = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        port = self._listener.getsockname()[1]
        self.url = url.replace(f"{parts.hostname}:{parts.port}", f"127.0.0.1:{port}")
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End all connections through it."""
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                broker = socket.create_connection(self._broker)
                self._ends += [client, broker]
                for source, target in ((client, broker), (broker, client)):
                    threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)


def test_after_a_lost_connection_it_comes_back_and_asks(
    url: str, publish: Publish, revocations: RevocationList, connections: list[float]
) -> None:
    cable = Cable(url)
    listener = Listener(cable.url, revocations, lambda: connections.append(time.monotonic()))
    listener.start()
    eventually(lambda: len(connections) == 1, "the listener connects")
    cable.cut()
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
    assert trusted == [], "an identity of the release before names none"
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
