"""Queues that a killed broker lists and can't read: found, and made anew only when nothing can lie in them.

On a broker of its own, which is really killed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from amqp.exceptions import InternalError
from kombu import Connection, Queue

from chassis.declaring.service import Service
from chassis.messages.broker import bind_queues, declare_queues, queues
from chassis.provisioning import __main__ as job
from chassis.provisioning.broker import BrokerAwayError, provision_broker
from chassis.provisioning.damage import DamagedQueuesError, damaged_queues
from launcher.ports import Ports
from launcher.servers.rabbitmq import RabbitServer
from tests.chassis.example import Example
from tests.chassis.workshop import Workshop

pytestmark = [pytest.mark.xdist_group("killed broker"), pytest.mark.timeout(600)]

SERVICES: list[type[Service]] = [Example, Workshop]
USERS = dict.fromkeys((*(service.name for service in SERVICES), "gateway", "watch"), "secret")
VHOST = "killed"
TRIES = 5
"""A kill right after the declaration damages a queue nearly every time."""


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


def test_queues_that_nothing_was_bound_to_are_made_anew_and_it_is_said(
    broker: RabbitServer, caplog: pytest.LogCaptureFixture
) -> None:
    names = damage(broker, bound=False)
    with Connection(broker.url, virtual_host=VHOST) as connection, pytest.raises(InternalError):
        connection.channel().basic_consume(names[0])

    provision(broker)

    assert damaged(broker) == []
    said = [record for record in caplog.records if record.msg == "queue_made_anew"]
    assert [(record.queue, record.events_lost) for record in said] == [(name, False) for name in names]  # type: ignore[attr-defined]


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
