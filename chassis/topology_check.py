"""Whether the broker routes what the code declares. A lost binding raises no error anywhere: where four queues hear an
event, the one that no longer does is missed by nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

import requests

from chassis import metrics
from chassis.broker import RPC_EXCHANGE, bindings, service_queue
from chassis.service import Service

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
        yield Binding(f"rpc-{service.name}", RPC_EXCHANGE, f"{service.name}.*")


def missing_bindings(management_url: str, vhost: str, services: Iterable[type[Service]]) -> list[Binding]:
    """The declared bindings that the broker does not have.

    `management_url` is `http://user:password@host:port` of an account that may look at the virtual host. Raises
    `requests.RequestException` when the management API is out of reach or refuses.
    """
    parts = urlsplit(management_url)
    # The sign-in goes apart from the address, which the library's errors repeat.
    sign_in = (unquote(parts.username or ""), unquote(parts.password or ""))
    address = f"{parts.scheme}://{parts.hostname}:{parts.port or 15672}/api/bindings/{quote(vhost, safe='')}"
    answer = requests.get(address, auth=sign_in, timeout=TIMEOUT)
    answer.raise_for_status()
    there = {
        Binding(each["destination"], each["source"], each["routing_key"])
        for each in answer.json()
        if each["destination_type"] == "queue"
    }
    return sorted(set(declared_bindings(services)) - there)


def watch_bindings(watch_url: str, service: type[Service]) -> bool:
    """Set the gauge of this service's missing bindings; nothing is handled: False.

    The path of `watch_url` names the virtual host. Raises as `missing_bindings`; the gauge then keeps what it was.
    """
    missing = missing_bindings(watch_url, unquote(urlsplit(watch_url).path[1:]), [service])
    metrics.bindings_missing(len(missing))
    for each in missing:
        logger.error("binding_missing", extra={"queue": each.queue, "exchange": each.exchange, "routing_key": each.key})
    return False
