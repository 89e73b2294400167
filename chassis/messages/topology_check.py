"""Whether the broker routes what the code declares. A lost binding raises no error anywhere: where four queues hear an
event, the one that no longer does is missed by nobody."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import requests

from chassis.base import metrics
from chassis.declaring.service import Service
from chassis.messages.broker import RPC_EXCHANGE, bindings, dead_queue, rpc_queue, service_queue

logger = logging.getLogger(__name__)

TIMEOUT = 10.0
"""Seconds for the management API's answer."""


@dataclass(frozen=True, slots=True, order=True)
class Binding:
    """What arrives at an exchange with this key goes into this queue."""

    queue: str
    exchange: str
    key: str


def declared_bindings(services: Iterable[type[Service]]) -> Iterator[Binding]:
    """Everything that these services must hear: events, requests for copies, copies, calls."""
    for service in services:
        for exchange, key in bindings(service):
            yield Binding(service_queue(service.name), exchange, key)
        yield Binding(rpc_queue(service.name), RPC_EXCHANGE, f"{service.name}.*")


def missing_bindings(management_url: str, vhost: str, services: Iterable[type[Service]]) -> list[Binding]:
    """The declared bindings that the broker does not have.

    `management_url` is `http://user:password@host:port` of an account that may look at the virtual host. Raises
    `requests.RequestException` when the management API is out of reach or refuses.
    """
    there = {
        Binding(each["destination"], each["source"], each["routing_key"])
        for each in _ask(management_url, "bindings", vhost)
        if each["destination_type"] == "queue"
    }
    return sorted(set(declared_bindings(services)) - there)


def _ask(management_url: str, what: str, vhost: str) -> list[dict[str, Any]]:
    parts = urlsplit(management_url)
    # The sign-in goes apart from the address, which the library's errors repeat.
    sign_in = (unquote(parts.username or ""), unquote(parts.password or ""))
    address = f"{parts.scheme}://{parts.hostname}:{parts.port or 15672}/api/{what}/{quote(vhost, safe='')}"
    answer = requests.get(address, auth=sign_in, timeout=TIMEOUT)
    answer.raise_for_status()
    listed: list[dict[str, Any]] = answer.json()
    return listed


def given_up(management_url: str, vhost: str, services: Iterable[type[Service]]) -> dict[str, int]:
    """How many messages lie in the broker's dead queues, by service, where there are any: a service's task process
    fetches them at once, so that what stays there is stuck. Raises as `missing_bindings`."""
    wanted = {dead_queue(service.name): service.name for service in services}
    found = _ask(management_url, "queues", vhost)
    return {wanted[each["name"]]: each["messages"] for each in found if each["name"] in wanted and each.get("messages")}


def watch_bindings(watch_url: str, service: type[Service]) -> bool:
    """Set the gauges of this service's missing bindings and of what the broker gave up; nothing is handled: False.

    The path of `watch_url` names the virtual host. Raises as `missing_bindings`; the gauges then keep what they were,
    the time of the last look too.
    """
    vhost = unquote(urlsplit(watch_url).path[1:])
    missing = missing_bindings(watch_url, vhost, [service])
    metrics.bindings_missing(len(missing))
    metrics.broker_gave_up(given_up(watch_url, vhost, [service]).get(service.name, 0))
    metrics.bindings_looked_at(time.time())
    for each in missing:
        logger.error("binding_missing", extra={"queue": each.queue, "exchange": each.exchange, "routing_key": each.key})
    return False
