"""Exchanges and queues on RabbitMQ: what they are called, and who hears what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from amqp.exceptions import ConsumerCancelled
from kombu import Connection, Exchange, Queue
from kombu.exceptions import OperationalError as BrokerUnreachable

from chassis.declaring.service import Service
from contracts.base import EVENTS, exchange, routing_key
from contracts.copies import COPIES_EXCHANGE, copy_reply_key, copy_request_key

RPC_EXCHANGE: Final = "nameko-rpc"
PACE: Final = 0.02
"""Seconds between the beginnings of two groups, of events handled and of events relayed, while more are coming."""
DELIVERY_LIMIT: Final = 20
"""A message that kills its process this often goes to the dead queue."""
CONNECTION_ERRORS: Final = (
    OSError,
    ConsumerCancelled,
    BrokerUnreachable,
    *Connection("amqp://").connection_errors,
)


def service_queue(name: str) -> str:
    """The one queue through which a service hears all its events."""
    return f"{name}.inbox"


def dead_queue(name: str) -> str:
    """Where the broker puts messages that kill processes, until they are moved to the inbox table."""
    return f"{name}.dead"


def rpc_queue(name: str) -> str:
    """Where a service takes requests, as nameko calls it."""
    return f"rpc-{name}"


def event_exchange(name: str) -> Exchange:
    """A durable topic exchange."""
    return Exchange(name, type="topic", durable=True)


def may_be_unheard(key: str) -> bool:
    """Whether the event of this routing key is declared as one that there may be nobody for."""
    type_, _, version = key.rpartition(".v")
    event = EVENTS.get((type_, int(version))) if version.isdecimal() else None
    return event is not None and event.unheard


def bindings(service: type[Service]) -> Iterator[tuple[str, str]]:
    """(exchange, routing key) of everything that a service hears, older versions included."""
    for event in dict.fromkeys(service.heard):
        yield exchange(event.owner), routing_key(event)
    for kind in service.publications:
        yield COPIES_EXCHANGE, copy_request_key(kind)
    if service.copies:
        yield COPIES_EXCHANGE, copy_reply_key(service.name)


def declare_queues(connection: Connection, services: Iterable[type[Service]]) -> None:
    """Declare every exchange and queue, before any relay starts. Nothing reaches a new queue before it is bound."""
    services = list(services)
    with connection.channel() as channel:
        for name in [COPIES_EXCHANGE, *(exchange(service.name) for service in services)]:
            event_exchange(name)(channel).declare()
        Exchange(RPC_EXCHANGE, type="topic", durable=True)(channel).declare()
        for service in services:
            for queue in queues(service.name):
                queue(channel).queue_declare()


def bind_queues(connection: Connection, services: Iterable[type[Service]]) -> None:
    """Bind every queue to what its service hears: before any relay starts, since an event that no queue takes waits.
    Bindings that no code wants any more are removed by the provisioning."""
    with connection.channel() as channel:
        for service in services:
            # As nameko would at its start: a request may come before that.
            calls = Queue(rpc_queue(service.name))(channel)
            calls.bind_to(exchange=RPC_EXCHANGE, routing_key=f"{service.name}.*")
            inbox = Queue(service_queue(service.name))(channel)
            for exchange_name, key in bindings(service):
                event_exchange(exchange_name)(channel).declare()
                inbox.bind_to(exchange=exchange_name, routing_key=key)


def queues(name: str) -> list[Queue]:
    """A service's queues, as they are declared."""
    return [
        Queue(rpc_queue(name), durable=True),
        Queue(dead_queue(name), durable=True, queue_arguments={"x-queue-type": "quorum"}),
        Queue(service_queue(name), durable=True, queue_arguments=_queue_arguments(name)),
    ]


def _queue_arguments(name: str) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead_queue(name),
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
