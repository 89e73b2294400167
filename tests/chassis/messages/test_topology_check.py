"""Lost bindings are found by an account that may look and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from amqp import Message
from amqp.exceptions import AccessRefused
from kombu import Connection
from prometheus_client import REGISTRY

from chassis.messages.broker import RPC_EXCHANGE, dead_queue, service_queue
from chassis.messages.topology_check import Binding, declared_bindings, given_up, missing_bindings, watch_bindings
from chassis.provisioning.broker import WATCHER, broker_url, provision_broker, watch_url
from tests.chassis.example import Example
from tests.waiting import eventually

USERS = {"example": "example-password", "gateway": "gateway-password", WATCHER: "watch-password"}


@pytest.fixture
def broker(vhost: str, amqp_admin_url: str, management_url: str) -> str:
    """The virtual host with the example's place on it; its URL for an administrator."""
    provision_broker(amqp_admin_url, management_url, vhost, [Example], USERS)
    return f"{amqp_admin_url.rstrip('/')}/{vhost}"


@pytest.fixture
def watching(broker: str, management_url: str, vhost: str) -> str:
    return watch_url(management_url, vhost, USERS[WATCHER])


def unbind(broker: str, lost: Binding) -> None:
    with Connection(broker) as connection:
        connection.channel().queue_unbind(lost.queue, lost.exchange, lost.key)


def publish(channel: Any, exchange: str, key: str) -> None:
    """Publish and wait: a refusal closes the channel."""
    channel.confirm_select()
    channel.basic_publish_confirm(Message(b"{}"), exchange, key, confirm_timeout=5)


def test_nothing_is_missing_after_provisioning(watching: str, vhost: str) -> None:
    assert missing_bindings(watching, vhost, [Example]) == []
    assert {each.queue for each in declared_bindings([Example])} == {service_queue("example"), "rpc-example"}


def test_every_single_lost_binding_is_found_and_provisioning_binds_it_again(
    broker: str, watching: str, vhost: str, amqp_admin_url: str, management_url: str
) -> None:
    for lost in declared_bindings([Example]):
        unbind(broker, lost)
        assert missing_bindings(watching, vhost, [Example]) == [lost]
        provision_broker(amqp_admin_url, management_url, vhost, [Example], USERS)
    assert missing_bindings(watching, vhost, [Example]) == []


def test_the_gauge_counts_them_and_falls_again(
    broker: str, watching: str, vhost: str, amqp_admin_url: str, management_url: str
) -> None:
    unbind(broker, Binding("rpc-example", RPC_EXCHANGE, "example.*"))
    watch_bindings(watching, Example)
    assert REGISTRY.get_sample_value("jiaowu_bindings_missing") == 1
    provision_broker(amqp_admin_url, management_url, vhost, [Example], USERS)
    before = time.time()
    watch_bindings(watching, Example)
    assert REGISTRY.get_sample_value("jiaowu_bindings_missing") == 0
    assert (REGISTRY.get_sample_value("jiaowu_bindings_looked_at_seconds") or 0) >= before


def test_a_wrong_password_is_refused_without_being_repeated(broker: str, management_url: str, vhost: str) -> None:
    with pytest.raises(requests.HTTPError) as refused:
        missing_bindings(watch_url(management_url, vhost, "guessed-password"), vhost, [Example])
    assert "guessed-password" not in str(refused.value)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda channel: channel.queue_declare("of-the-watcher"),
        lambda channel: channel.exchange_declare("of-the-watcher", "topic"),
        lambda channel: channel.basic_get(service_queue("example")),
        lambda channel: channel.queue_purge(dead_queue("example")),
        lambda channel: channel.queue_unbind(service_queue("example"), "elsewhere.events", "parcels_weighed.v1"),
        lambda channel: publish(channel, RPC_EXCHANGE, "example.x"),
        lambda channel: publish(channel, "", service_queue("example")),
    ],
)
def test_the_account_that_looks_may_do_nothing_else(
    broker: str, amqp_admin_url: str, vhost: str, attempt: Callable[[object], object]
) -> None:
    url = broker_url(amqp_admin_url, vhost, WATCHER, USERS[WATCHER])
    with Connection(url) as connection:
        channel = connection.channel()
        with pytest.raises(AccessRefused):
            attempt(channel)


def test_it_may_not_publish_or_read_by_the_management_api_either(broker: str, watching: str, vhost: str) -> None:
    base = watching.rpartition("/")[0] + "/api"
    publish = {"properties": {}, "routing_key": "example.x", "payload": "{}", "payload_encoding": "string"}
    read = {"count": 1, "ackmode": "ack_requeue_true", "encoding": "auto"}
    attempts = [
        requests.post(f"{base}/exchanges/{vhost}/{RPC_EXCHANGE}/publish", json=publish, timeout=10),
        requests.post(f"{base}/queues/{vhost}/{service_queue('example')}/get", json=read, timeout=10),
        requests.delete(f"{base}/queues/{vhost}/{service_queue('example')}", timeout=10),
        requests.get(f"{base}/users", timeout=10),
        requests.get(f"{base}/definitions", timeout=10),
    ]
    assert [answer.status_code for answer in attempts if answer.ok] == []


def test_what_the_broker_gave_up_is_seen_and_measured(broker: str, watching: str, vhost: str) -> None:
    with Connection(broker) as connection:
        connection.channel().queue_purge(dead_queue("example"))
        connection.Producer().publish(b"{}", exchange="", routing_key=dead_queue("example"))
    eventually(lambda: given_up(watching, vhost, [Example]) == {"example": 1}, "counted")
    watch_bindings(watching, Example)
    assert REGISTRY.get_sample_value("jiaowu_broker_gave_up") == 1
    with Connection(broker) as connection:
        connection.channel().queue_purge(dead_queue("example"))
