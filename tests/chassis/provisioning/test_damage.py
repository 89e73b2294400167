"""Queues that a killed broker lists and can't read: found, and made anew only when nothing can lie in them.

On a broker of its own, which is really killed.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from amqp import Message
from amqp.exceptions import InternalError
from kombu import Connection, Queue

from chassis.declaring.service import Service
from chassis.messages.broker import bind_queues, declare_queues, queues, service_queue
from chassis.provisioning import __main__ as job
from chassis.provisioning import damage as looking
from chassis.provisioning.broker import BrokerAwayError, provision_broker
from chassis.provisioning.damage import DamagedQueuesError, damaged_queues, is_damaged
from launcher.ports import Ports
from launcher.servers.rabbitmq import RabbitServer
from tests.chassis.example import Example
from tests.chassis.workshop import Workshop
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("killed broker"), pytest.mark.timeout(600)]

SERVICES: list[type[Service]] = [Example, Workshop]
USERS = dict.fromkeys((*(service.name for service in SERVICES), "gateway", "watch"), "secret")
VHOST = "killed"
TRIES = 5
"""A kill right after the declaration damages a queue nearly every time."""


@pytest.fixture(autouse=True)
def _less_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "PATIENCE", 4.0)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    folder: Path = tmp_path_factory.mktemp("broker")
    server = RabbitServer(folder / "rabbitmq", Ports(folder / "ports.json"), "password")
    server.start()
    yield server
    server.remove()


def provision(broker: RabbitServer, *, renew_damaged: bool = False) -> None:
    provision_broker(broker.url, broker.management_url, VHOST, SERVICES, USERS, renew_damaged=renew_damaged)


def damaged(broker: RabbitServer) -> list[Queue]:
    with Connection(broker.url, virtual_host=VHOST) as connection:
        every = [queue for service in SERVICES for queue in queues(service.name)]
        return damaged_queues(connection, every)


def damage(broker: RabbitServer, *, bound: bool) -> list[str]:
    """Kill the broker right after it declared its queues, until that damages one; the names of those."""
    for _ in range(TRIES):
        provision(broker)
        with Connection(broker.url, virtual_host=VHOST) as connection:
            with connection.channel() as channel:
                for service in SERVICES:
                    for queue in queues(service.name):
                        queue(channel).delete()
            declare_queues(connection, SERVICES)
            if bound:
                bind_queues(connection, SERVICES)
        broker.kill()
        broker.start()
        if found := damaged(broker):
            return [queue.name for queue in found]
    pytest.fail(f"no queue was damaged by {TRIES} kills")


def test_queues_that_nothing_was_bound_to_are_made_anew_for_good_and_it_is_said(
    broker: RabbitServer, caplog: pytest.LogCaptureFixture
) -> None:
    names = damage(broker, bound=False)
    with Connection(broker.url, virtual_host=VHOST) as connection, pytest.raises(InternalError):
        connection.channel().basic_consume(names[0])

    provision(broker)

    assert damaged(broker) == []
    said = [record for record in caplog.records if record.msg == "queue_made_anew"]
    assert [(record.queue, record.events_lost) for record in said] == [(name, False) for name in names]  # type: ignore[attr-defined]

    broker.kill()
    broker.start()
    assert damaged(broker) == [], "as they were made anew, so they stay"


def test_queues_that_events_may_lie_in_are_made_anew_only_when_a_person_says_so(
    broker: RabbitServer, caplog: pytest.LogCaptureFixture
) -> None:
    names = damage(broker, bound=True)

    with pytest.raises(DamagedQueuesError, match=f"can't read what lies in .*{names[0]}.*--renew-damaged"):
        provision(broker)
    assert [queue.name for queue in damaged(broker)] == names, "nothing was touched"

    provision(broker, renew_damaged=True)
    assert damaged(broker) == []
    said = [record for record in caplog.records if record.msg == "queue_made_anew"]
    assert {record.events_lost for record in said} == {True}  # type: ignore[attr-defined]


def test_what_was_provisioned_outlives_a_kill_at_that_moment(broker: RabbitServer) -> None:
    provision(broker)
    broker.kill()
    broker.start()
    assert damaged(broker) == []


def test_a_broker_killed_in_the_middle_is_a_sentence_and_the_next_run_does_the_rest(
    broker: RabbitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed_before(connection: Connection, services: Sequence[type[Service]]) -> None:
        broker.kill()
        bind_queues(connection, services)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("chassis.provisioning.broker.bind_queues", killed_before)
        with pytest.raises(BrokerAwayError, match="do the same again when it runs"):
            provision(broker)
    broker.start()
    provision(broker)
    assert damaged(broker) == []


def test_messages_of_a_queue_that_somebody_hears_all_go_to_them_while_it_is_looked_at(
    vhost: str, amqp_admin_url: str, management_url: str
) -> None:
    provision_broker(amqp_admin_url, management_url, vhost, SERVICES, USERS)
    url, inbox = f"{amqp_admin_url.rstrip('/')}/{vhost}", service_queue(Example.name)
    published, heard, ending = list[int](), list[bool](), threading.Event()

    def publish() -> None:
        with Connection(url) as connection, connection.channel() as channel:
            while not ending.wait(0.001):
                channel.basic_publish(Message("said"), routing_key=inbox)
                published.append(1)

    def hear(message: Message) -> None:
        heard.append(message.delivery_info["redelivered"])
        message.channel.basic_ack(message.delivery_tag)

    def listen() -> None:
        with Connection(url) as connection, connection.channel() as channel:
            channel.basic_consume(inbox, callback=hear)
            while publisher.is_alive() or len(heard) < len(published):
                with contextlib.suppress(TimeoutError):
                    connection.drain_events(timeout=1)

    publisher, listener = threading.Thread(target=publish), threading.Thread(target=listen)
    publisher.start()
    listener.start()
    eventually(lambda: len(heard) > 10, "messages")
    [queue] = [each for each in queues(Example.name) if each.name == inbox]
    with Connection(url) as connection:
        assert not any(is_damaged(connection, queue) for _ in range(30))
    ending.set()
    publisher.join(60)
    listener.join(60)
    assert len(heard) == len(published)
    assert not any(heard), "given to somebody else before"


def test_a_broker_that_is_away_is_said_in_a_sentence_by_provisioning_and_by_the_job(
    broker: RabbitServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broker.kill()
    with pytest.raises(BrokerAwayError, match="do the same again when it runs"):
        provision(broker)

    monkeypatch.setattr(job, "load", lambda path: Example)
    monkeypatch.setenv("JIAOWU_AMQP_URL", broker.url)
    monkeypatch.setenv("JIAOWU_AMQP_MANAGEMENT_URL", broker.management_url)
    for name in (Example.name, "gateway", "watch"):
        monkeypatch.setenv(f"JIAOWU_{name.upper()}_BROKER_PASSWORD", "secret")
    assert job.main(["broker", "example"]) == 1
    said = capsys.readouterr().err
    assert "do the same again when it runs" in said
    assert len(said.splitlines()) == 1
