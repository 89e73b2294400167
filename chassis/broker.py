"""Exchanges and queues on RabbitMQ, the relay's publisher and the event consumer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from amqp.exceptions import ConsumerCancelled
from kombu import Connection, Consumer, Exchange, Message, Queue
from kombu.exceptions import OperationalError as BrokerUnreachable
from pydantic import ValidationError

from chassis.database import is_infrastructure_failure
from chassis.service import Service
from contracts.base import COPIES_EXCHANGE, Envelope, copy_reply_key, copy_request_key, exchange, routing_key

logger = logging.getLogger(__name__)

RPC_EXCHANGE: Final = "nameko-rpc"
PREFETCH: Final = 400
GATHER: Final = 100
"""Events handled in one go. Those that are there are taken; nobody waits for a batch to fill."""
PACE: Final = 0.02
"""Seconds between the beginnings of two groups, of events handled and of events relayed, while more are coming."""
DELIVERY_LIMIT: Final = 20
"""A message that kills its process this often goes to the dead queue."""
CONFIRM_TIMEOUT: Final = 30
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
    """Where the broker puts bodies that cannot be decoded and messages that kill processes."""
    return f"{name}.dead"


def event_exchange(name: str) -> Exchange:
    """A durable topic exchange."""
    return Exchange(name, type="topic", durable=True)


def bindings(service: type[Service]) -> Iterator[tuple[str, str]]:
    """(exchange, routing key) of everything that a service hears."""
    for event in service.heard_events():
        yield exchange(event.owner), routing_key(event)
    for kind in service.publications:
        yield COPIES_EXCHANGE, copy_request_key(kind)
    if service.copies:
        yield COPIES_EXCHANGE, copy_reply_key(service.name)


def declare_topology(connection: Connection, services: Iterable[type[Service]]) -> None:
    """Declare every exchange, queue and binding: before any relay starts, since an event published before its queue
    exists vanishes. Bindings that no code wants any more are removed by `stale_bindings` of the provisioning."""
    channel = connection.channel()
    services = list(services)
    for name in [COPIES_EXCHANGE, *(exchange(service.name) for service in services)]:
        event_exchange(name)(channel).declare()
    calls = Exchange(RPC_EXCHANGE, type="topic", durable=True)
    calls(channel).declare()
    for service in services:
        # As nameko would at its start: a request may come before that.
        Queue(f"rpc-{service.name}", exchange=calls, routing_key=f"{service.name}.*", durable=True)(channel).declare()
        Queue(dead_queue(service.name), durable=True, queue_arguments={"x-queue-type": "quorum"})(channel).declare()
        queue = Queue(service_queue(service.name), durable=True, queue_arguments=_queue_arguments(service.name))(
            channel
        )
        queue.queue_declare()
        for exchange_name, key in bindings(service):
            event_exchange(exchange_name)(channel).declare()
            queue.bind_to(exchange=exchange_name, routing_key=key)
    channel.close()


def _queue_arguments(name: str) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead_queue(name),
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


class ConfirmingPublisher:
    """Publishes many messages and waits once for all their confirms, on a connection of its own."""

    def __init__(self, url: str) -> None:
        self.connection = Connection(url, heartbeat=30, connect_timeout=5)
        self._channel: Any = None
        self._published = 0
        self._unconfirmed: set[int] = set()

    def publish(self, messages: Sequence[Any]) -> None:
        """Publish outbox rows (exchange, routing_key, message). Raises one of `CONNECTION_ERRORS` when the broker
        is away, blocks, or refuses one of them: then none counts as published."""
        try:
            channel = self._ready_channel()
            for number, message in enumerate(messages, start=self._published + 1):
                self._unconfirmed.add(number)
                body = channel.prepare_message(
                    message.message,
                    content_type="application/json",
                    content_encoding="utf-8",
                    properties={"delivery_mode": 2},
                )
                channel.basic_publish(body, message.exchange, message.routing_key, timeout=CONFIRM_TIMEOUT)
            self._published += len(messages)
            self._wait_for_confirms()
        except BaseException:
            self.close()
            raise

    def _ready_channel(self) -> Any:
        if self._channel is None:
            self.connection.ensure_connection(max_retries=1, timeout=5)
            self._channel = self.connection.channel()
            self._channel.confirm_select()
            self._channel.events["basic_ack"].add(self._on_ack)
            self._channel.events["basic_nack"].add(self._on_nack)
            self._published = 0
            self._unconfirmed = set()
        return self._channel

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:
        if multiple:
            self._unconfirmed = {number for number in self._unconfirmed if number > delivery_tag}
        else:
            self._unconfirmed.discard(delivery_tag)

    def _on_nack(self, delivery_tag: int, multiple: bool) -> None:
        raise OSError("the broker refused a message")

    def _wait_for_confirms(self) -> None:
        until = time.monotonic() + CONFIRM_TIMEOUT
        while self._unconfirmed:
            left = until - time.monotonic()
            if left <= 0:
                raise OSError("the broker did not confirm in time")
            try:
                self.connection.drain_events(timeout=left)
            except TimeoutError:
                continue

    def beat(self) -> None:
        """Keep an idle connection alive, and notice when it is not."""
        if self._channel is None:
            return
        try:
            self.connection.heartbeat_check()
            self.connection.drain_events(timeout=0.001)
        except TimeoutError:
            pass
        except CONNECTION_ERRORS:
            self.close()

    def close(self) -> None:
        """Drop the connection; the next `publish` makes a new one."""
        self._channel = None
        try:
            self.connection.collect(socket_timeout=1)
        except Exception:
            logger.debug("connection_not_closed", exc_info=True)


class EventConsumer:
    """Takes events from a service's queue and hands them on in groups, acknowledging what was handled.

    While the database is out of reach the events taken are kept unacknowledged and tried again: no attempt is spent.
    When the broker is lost it reconnects with growing pauses, and the broker delivers again what was not acknowledged.
    """

    def __init__(self, url: str, queue: str, handle: Callable[[Sequence[Envelope]], None]) -> None:
        self.url = url
        self.queue = queue
        self.handle = handle
        self.connected = False
        self._stopping = False
        self._not_before = 0.0
        self._taken: list[Message] = []

    def stop(self) -> None:
        """Finish the events in hand and end `run`."""
        self._stopping = True

    def run(self) -> None:
        """Consume until `stop`."""
        pause = 0.2
        while not self._stopping:
            try:
                self._consume()
                pause = 0.2
            except CONNECTION_ERRORS as error:
                logger.warning("broker_lost", extra={"queue": self.queue, "error": type(error).__name__})
                self._sleep(pause)
                pause = min(pause * 2, 5.0)
            except Exception:
                # Such as a queue that is gone, or a channel closed over an acknowledgement that came too late.
                logger.exception("consumer_failed", extra={"queue": self.queue})
                self._sleep(pause)
                pause = min(pause * 2, 5.0)
            finally:
                self.connected = False

    def _consume(self) -> None:
        with Connection(self.url, heartbeat=30, connect_timeout=5) as connection:
            channel = connection.channel()
            queue = Queue(self.queue, no_declare=True)
            consumer = Consumer(channel, [queue], on_message=self._taken.append, auto_declare=False)
            consumer.qos(prefetch_count=PREFETCH)
            self._taken.clear()
            consumer.consume()
            self.connected = True
            while not self._stopping:
                connection.heartbeat_check()
                self._gather(connection)
                if self._taken:
                    self._handle_taken(connection)
            consumer.cancel()

    def _gather(self, connection: Connection) -> None:
        """Wait for a first event, then take those that are there. Under load, when the last group began a moment ago,
        take also what comes until `PACE` after it: one transaction for twenty events instead of four."""
        timeout = 1.0
        while len(self._taken) < GATHER:
            try:
                connection.drain_events(timeout=timeout)
            except TimeoutError:
                break
            timeout = max(0.001, self._not_before - time.monotonic())
        self._not_before = time.monotonic() + PACE

    def _handle_taken(self, connection: Connection) -> None:
        messages, self._taken[:] = list(self._taken), []
        decoded = [(message, _decode(message)) for message in messages]
        self._handle_until_done([envelope for _, envelope in decoded if envelope is not None], connection)
        for message, envelope in decoded:
            if envelope is None:
                logger.error("undecodable_message", extra={"queue": self.queue})
                message.reject()
            else:
                message.ack()

    def _handle_until_done(self, envelopes: list[Envelope], connection: Connection) -> None:
        pause = 0.1
        while envelopes and not self._stopping:
            try:
                self.handle(envelopes)
                return
            except Exception as error:
                # What the inbox can't even park stays with us: given back, it would count as killing its process.
                if is_infrastructure_failure(error):
                    logger.warning("database_out_of_reach", extra={"queue": self.queue})
                else:
                    logger.exception("events_not_parked", extra={"queue": self.queue})
                self._sleep(pause)
                pause = min(pause * 2, 5.0)
                connection.heartbeat_check()
        if envelopes:
            # Stopping while the database is away: the broker keeps what was not acknowledged.
            raise ConnectionAbortedError("stopped before the events were handled")

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            time.sleep(0.05)


def _decode(message: Message) -> Envelope | None:
    try:
        return Envelope.model_validate_json(message.body)
    except (ValidationError, ValueError):
        return None
