"""With every account on the broker: nobody speaks in another's name, takes what is another's, or breaks what is shared.

What the broker's rights stop is refused there; what gets past them is put aside by whoever receives it, and never runs.
"""

from __future__ import annotations

import json
import signal
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from amqp.exceptions import AccessRefused, PreconditionFailed
from kombu import Connection
from sqlalchemy import select

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.messages.senders import Senders
from contracts.base import Envelope, Event, Operation
from contracts.copies import COPIES_EXCHANGE, CopyCompleted, CopyRequested
from contracts.courses.queries import ListCourses
from contracts.finance.events import BillsPaid
from contracts.identity.queries import GetAccount
from contracts.registry.events import StudentState
from gateway.route import Route
from gateway.routes import ROUTES
from launcher.dead_events import DeadEvents, ParkedEvent
from launcher.paths import service_names
from launcher.system import GATEWAY, System
from tests.end_to_end.asking import ask
from tests.end_to_end.rows import changed, fingerprint
from tests.end_to_end.scenery import Scene
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("system"), pytest.mark.timeout(400)]

ACCOUNTS = [*service_names(), GATEWAY]
SERVICES = service_names()
A_CALL = {
    "args": [{"username": "intruder", "name": "x", "grants": []}],
    "kwargs": {"context": {"operation": "identity.create_user", "deadline": None, "permission": "identity.manage"}},
}
each_account = pytest.mark.parametrize("account", ACCOUNTS)
each_service = pytest.mark.parametrize("account", SERVICES)


@pytest.fixture(scope="module", autouse=True)
def _nothing_changes(system: System, scene: Scene) -> Iterator[None]:
    """After all of this the rows are as they were, and what was put aside is given up."""
    before = fingerprint(system)
    yield
    assert changed(before, fingerprint(system)) == {}
    with system.databases() as databases:
        put_aside = DeadEvents(databases)
        put_aside.drop([event.event_id for event in put_aside.list()])


@pytest.fixture(scope="module")
def refused(system: System) -> Iterator[Callable[[str, str], list[ParkedEvent]]]:
    """`refused(service, key)`: what the service has put aside that came by this key."""
    with system.databases() as databases:

        def of(service: str, key: str) -> list[ParkedEvent]:
            events = DeadEvents({service: databases[service]}).list()
            return [event for event in events if event.state == "refused" and event.routing_key == key]

        yield of


GoThrough = Callable[[], bool]


@pytest.fixture
def calls_go_through(system: System, scene: Scene) -> GoThrough:
    """Whether courses and identity still answer what the gateway asks."""

    def asked() -> bool:
        person = scene.school.staff.registrar
        return all(ask(system.gateway_url, person, route_of(each), {}).ok for each in (ListCourses, GetAccount))

    return asked


@pytest.fixture(scope="module")
def checks_copies(system: System) -> bool:
    """Whether the broker checks rights for the keys in `CC` and `BCC`, as it does from version 4 on."""
    with Connection(system.broker_admin_url) as connection:
        connection.connect()
        return int(str(connection.connection.server_properties["version"]).partition(".")[0]) >= 4


PutAside = Callable[[str, str, Callable[[], None]], ParkedEvent]


@pytest.fixture
def put_aside(refused: Callable[[str, str], list[ParkedEvent]]) -> PutAside:
    """The message that a service puts aside, come by this key, because of what is done."""

    def doing(service: str, key: str, do: Callable[[], None]) -> ParkedEvent:
        before = {event.event_id for event in refused(service, key)}
        do()

        def new() -> list[ParkedEvent]:
            return [event for event in refused(service, key) if event.event_id not in before]

        return eventually(new, f"{service} puts it aside")[0]

    return doing


Stopped = Callable[[str, str, str, Callable[[], None]], None]


@pytest.fixture
def stopped(put_aside: PutAside, checks_copies: bool) -> Stopped:
    """What is sent by a copy of another message is stopped by the broker, or else by the service that receives it."""

    def doing(account: str, service: str, key: str, do: Callable[[], None]) -> None:
        if checks_copies:
            with pytest.raises(AccessRefused):
                do()
        else:
            assert put_aside(service, key, do).sender == account

    return doing


def enveloped(event: Event) -> bytes:
    made = Envelope.of(event, event_id=new_id(), occurred_at=datetime.now(UTC), correlation_id=new_id())
    return made.model_dump_json().encode()


def publish(system: System, account: str, way: tuple[str, str], body: bytes | None = None, **properties: Any) -> None:
    """Publish in the account's own name, unless another is given; raises what the broker says."""
    url = system.broker_url(account)
    user_id = properties.pop("user_id", Senders.at(url).own_user)
    headers = properties.pop("headers", {})
    with Connection(url) as connection:
        channel = connection.channel()
        channel.confirm_select()
        message = channel.prepare_message(
            body if body is not None else json.dumps(A_CALL).encode(),
            content_type="application/json",
            content_encoding="utf-8",
            properties={"user_id": user_id, **properties},
            headers=headers,
        )
        channel.basic_publish_confirm(message, *way)


# --- what is shared ---


def everybodys(channel: Any, other: str) -> Iterator[Callable[[], object]]:
    """Attempts on what is shared, and on what is another's."""
    yield lambda: channel().exchange_delete("nameko-rpc")
    yield lambda: channel().exchange_delete(COPIES_EXCHANGE)
    yield lambda: channel().exchange_declare("own.exchange", "topic", durable=True, auto_delete=False)
    yield lambda: channel().exchange_declare("nameko-rpc", "topic", durable=True, auto_delete=False)
    yield lambda: channel().queue_declare("hidden.queue", durable=True)
    for queue in (f"{other}.inbox", f"{other}.dead", f"rpc-{other}"):
        yield lambda queue=queue: channel().queue_delete(queue)
        yield lambda queue=queue: channel().queue_purge(queue)
        yield lambda queue=queue: channel().basic_get(queue)


def ones_own(channel: Any, account: str, other: str) -> Iterator[Callable[[], object]]:
    """Attempts on the account's own queues, to make them take or pass on what they should not."""
    elsewhere = {"x-dead-letter-exchange": "nameko-rpc", "x-dead-letter-routing-key": "identity.create_user"}
    for queue in (f"{account}.inbox", f"{account}.dead", f"rpc-{account}"):
        yield lambda queue=queue: channel().queue_delete(queue)
        yield lambda queue=queue: channel().queue_declare(queue, durable=True, arguments=elsewhere)
        yield lambda queue=queue: channel().queue_bind(queue, f"{other}.events", "#")
        yield lambda queue=queue: channel().queue_bind(queue, "nameko-rpc", "identity.*")
        yield lambda queue=queue: channel().queue_unbind(queue, f"{other}.events", "#")
    yield lambda: channel().queue_declare(f"{account}.hidden", durable=True)
    yield lambda: channel().exchange_bind(f"{account}.events", f"{other}.events", "#")


@each_account
def test_nobody_can_change_what_is_shared_or_read_what_is_anothers(
    system: System, calls_go_through: GoThrough, account: str
) -> None:
    other = next(name for name in SERVICES if name != account)
    with Connection(system.broker_url(account)) as connection:
        attempts = list(everybodys(connection.channel, other))
        if account != GATEWAY:  # which makes queues for what it hears
            attempts += ones_own(connection.channel, account, other)
        for attempt in attempts:
            with pytest.raises(AccessRefused):
                attempt()
    assert calls_go_through(), "calls still go through"


def test_the_gateway_may_let_its_own_queues_dead_letter_nowhere_but_to_calls(system: System) -> None:
    with Connection(system.broker_url(GATEWAY)) as connection:
        for target in ("finance.events", COPIES_EXCHANGE, "identity.events"):
            with pytest.raises(AccessRefused):
                connection.channel().queue_declare(
                    f"gateway.{new_id()}", exclusive=True, arguments={"x-dead-letter-exchange": target}
                )


# --- calls ---


@each_service
def test_no_service_can_call_another(system: System, account: str) -> None:
    with pytest.raises(AccessRefused):
        publish(system, account, ("nameko-rpc", "identity.create_user"))
    with pytest.raises(AccessRefused):
        publish(system, account, ("", "rpc-identity"))
    with pytest.raises(PreconditionFailed):
        publish(system, account, ("nameko-rpc", str(new_id())), user_id=f"{system.prefix}-gateway")


@each_service
@pytest.mark.parametrize("header", ["CC", "BCC"])
def test_a_call_by_a_copy_of_a_reply_never_runs(system: System, stopped: Stopped, account: str, header: str) -> None:
    reply_key = str(new_id())
    send = partial(publish, system, account, ("nameko-rpc", reply_key))
    stopped(account, "identity", reply_key, partial(send, headers={header: ["identity.create_user"]}))


@each_service
def test_a_body_that_claims_to_be_compressed_is_unpacked_by_nobody(
    system: System, calls_go_through: GoThrough, checks_copies: bool, account: str
) -> None:
    """It would be before anybody could ask whom it is from: 50 kB make 50 MB."""
    if checks_copies:
        pytest.skip("it does not get there")
    bomb = zlib.compress(b" " * 50_000_000)
    headers = {"CC": ["identity.create_user"], "compression": "application/x-gzip"}
    publish(system, account, ("nameko-rpc", str(new_id())), bomb, headers=headers)
    identity = system.process("identity").find()
    assert identity is not None
    eventually(lambda: calls_go_through(), "identity goes on")
    assert identity.memory_info().rss < 200_000_000


@each_service
def test_a_service_that_is_told_to_answer_to_another_calls_nobody(
    system: System, calls_go_through: GoThrough, account: str
) -> None:
    """A service replies where it is told to; its rights do not let it reply to what starts a call."""
    key = f"{account}.get_task"
    body = json.dumps({"args": [{}], "kwargs": {"context": {"operation": key, "deadline": None}}}).encode()
    publish(system, GATEWAY, ("nameko-rpc", key), body, reply_to="identity.create_user", correlation_id="x")
    eventually(lambda: calls_go_through(), "the service goes on")


def test_an_answer_counts_from_the_service_that_was_asked_alone(system: System, scene: Scene) -> None:
    """While courses hangs, another service that somehow knows everything about the call answers in its place."""
    overheard: list[Any] = []
    system.process("courses").send(signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(1) as pool, Connection(system.broker_admin_url) as connection:
            channel = connection.channel()
            queue = channel.queue_declare(exclusive=True).queue
            channel.queue_bind(queue, "nameko-rpc", "courses.list_courses")
            channel.basic_consume(queue, no_ack=True, callback=overheard.append)
            asked = pool.submit(ask, system.gateway_url, scene.school.staff.registrar, route_of(ListCourses), {})
            until = time.monotonic() + 20
            while not overheard and time.monotonic() < until:
                connection.drain_events(timeout=5)
            call = overheard[0].properties
            publish(
                system,
                "exams",
                ("nameko-rpc", call["reply_to"]),
                json.dumps({"answer": {"items": [], "page": 1, "size": 50, "total": 4711}}).encode(),
                correlation_id=call["correlation_id"],
            )
            system.process("courses").send(signal.SIGCONT)
            answer = asked.result()
    finally:
        system.process("courses").send(signal.SIGCONT)
    assert answer.ok
    assert answer.json()["total"] != 4711


# --- events and copies ---


@each_account
def test_nobody_publishes_anothers_events(system: System, account: str) -> None:
    for owner in SERVICES:
        if owner != account:
            with pytest.raises(AccessRefused):
                publish(system, account, (f"{owner}.events", "bills_paid.v2"), enveloped(BillsPaid(bills=())))
            with pytest.raises(AccessRefused):
                publish(system, account, ("", f"{owner}.inbox"), enveloped(BillsPaid(bills=())))


def forged_students(system: System) -> bytes:
    """All students, as they are not, in a version that blocks every true one."""
    with system.databases() as databases:
        registry = databases["registry"]

        def items(uow: Any) -> Any:
            ids = [row.id for row in uow.rows(select(registry.service.metadata.tables["students"].c.id))]
            return registry.service.publications["student_state"].builder(ids, uow)

        found = registry.run(system_context(), items)
    return enveloped(
        StudentState(items=tuple(item.model_copy(update={"version": 2**30, "name": "x"}) for item in found))
    )


@each_service
def test_no_service_feeds_anothers_copies(system: System, put_aside: PutAside, account: str) -> None:
    if account == "registry":
        pytest.skip("the owner itself")
    event = put_aside(
        "courses",
        "reply.courses",
        lambda: publish(system, account, (COPIES_EXCHANGE, "reply.courses"), forged_students(system)),
    )
    assert (event.sender, event.code) == (account, "sender_not_owner")
    done = CopyCompleted(kind="student_state", request_id=new_id(), count=0)
    assert put_aside(
        "courses",
        "reply.courses",
        lambda: publish(system, account, (COPIES_EXCHANGE, "reply.courses"), enveloped(done)),
    )


def test_the_gateway_has_no_part_in_copies(system: System) -> None:
    with pytest.raises(AccessRefused):
        publish(system, GATEWAY, (COPIES_EXCHANGE, "reply.courses"), forged_students(system))


def request_of(kind: str) -> bytes:
    return enveloped(CopyRequested(kind=kind, reply_to="reply.x", request_id=new_id(), requested_at=datetime.now(UTC)))


@each_service
def test_a_service_gets_no_copy_that_it_does_not_keep(system: System, stopped: Stopped, account: str) -> None:
    kinds = {"bill_state": "finance", "course_state": "courses", "programme_state": "courses"}
    with system.databases() as databases:
        keeps = set(databases[account].service.copies)
    for kind, owner in kinds.items():
        if kind in keeps or owner == account:
            continue
        with pytest.raises(AccessRefused):
            publish(system, account, (COPIES_EXCHANGE, f"requested.{kind}"), request_of(kind))
        for header in ("CC", "BCC"):
            send = partial(publish, system, account, (COPIES_EXCHANGE, "reply.nobody"), request_of(kind))
            stopped(account, owner, "reply.nobody", partial(send, headers={header: [f"requested.{kind}"]}))


@each_service
def test_an_old_message_is_not_believed_from_who_only_heard_it(
    system: System, put_aside: PutAside, account: str
) -> None:
    """Whoever hears true events could keep them, and send them again one day."""
    if account == "finance":
        pytest.skip("the owner itself")
    old = enveloped(BillsPaid(bills=()))
    event = put_aside(
        "courses",
        "reply.courses",
        lambda: publish(system, account, (COPIES_EXCHANGE, "reply.courses"), old),
    )
    assert event.sender == account


def route_of(operation: type[Operation]) -> Route:
    return next(route for route in ROUTES if route.operation is operation)
