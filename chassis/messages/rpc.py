"""Calls answered over the broker: nameko's consumers and queues, with deadlines, transient messages and errors as data.

What a call and its reply are stands in `calls`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from kombu import Connection, Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc, RpcConsumer

from chassis.base import metrics
from chassis.messages.broker import CONNECTION_ERRORS, rpc_queue
from chassis.messages.delivery import Delivery, distrust_of_call
from chassis.messages.publisher import TransientPublisher
from chassis.messages.senders import Senders
from chassis.messages.wire import encode
from contracts.errors import ServiceError

logger = logging.getLogger(__name__)


class DirectQueueConsumer(QueueConsumer):  # type: ignore[misc]
    """Hands messages on without a greenthread for each: its handlers only start workers or wake waiters."""

    def handle_message(self, provider: Any, body: Any, message: Any) -> None:
        provider.handle_message(body, message)

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """A body that is not what it says, before anybody asked whom it is from. Its text may hold anything."""
        logger.error("undecodable_call", extra={"error": type(exc).__name__})
        metrics.message_refused("undecodable_message")
        message.ack()

    @contextmanager
    def establish_connection(self) -> Iterator[Connection]:
        """As the framework's, but back soon after the broker is: its own pauses grow to half a minute."""
        with self.create_connection() as connection:
            connection.ensure_connection(
                self.on_connection_error, interval_start=0.2, interval_step=0.2, interval_max=2.0
            )
            yield connection


class ServiceRpcConsumer(RpcConsumer):  # type: ignore[misc]
    """The queue of one service's requests. Finds the method by its key and replies with transient messages."""

    queue_consumer = DirectQueueConsumer()

    def setup(self) -> None:
        super().setup()
        # It is there already: services may use what is provisioned, and declare nothing.
        self.queue = Queue(rpc_queue(self.container.service_name), no_declare=True)
        config = self.container.config
        self.publisher: TransientPublisher = config["CHASSIS_PUBLISHER"]
        self.refused: Callable[[Delivery, str], None] = config["CHASSIS_REFUSED"]
        self.senders = Senders.at(config["AMQP_URI"])
        self._by_key: dict[str, Any] = {}

    def handle_message(self, body: Any, message: Any) -> None:
        delivery = Delivery.of(message, self.senders)
        if reason := distrust_of_call(delivery, _operation(body)):
            # Beside the calls that others make: to write it down may wait for the database.
            self.container.spawn_managed_thread(partial(self._refuse, message, delivery, reason))
            return
        key = delivery.routing_key
        provider = self._by_key.get(key)
        if provider is None:
            name = key.rpartition(".")[2]
            provider = next((p for p in self._providers if p.method_name == name), None)
            if provider is None:
                self.reply(message, {"error": ServiceError("route_not_found").to_wire()})
                return
            self._by_key[key] = provider
        provider.handle_message(body, message)

    def _refuse(self, message: Any, delivery: Delivery, reason: str) -> None:
        """Put aside a call that must not be believed. Nobody gets an answer to it."""
        try:
            self.refused(delivery, reason)
        except Exception as error:  # it is not carried out, whether or not that can be written down
            logger.error("call_not_put_aside", extra={"error": type(error).__name__})
        self.queue_consumer.ack_message(message)

    def reply(self, message: Any, reply: dict[str, Any]) -> None:
        """Answer a request and acknowledge it. A reply that cannot be sent is the caller's to ask for again."""
        reply_to = message.properties.get("reply_to")
        if reply_to:
            try:
                self.publisher.publish(encode(reply), reply_to, correlation_id=message.properties.get("correlation_id"))
            except CONNECTION_ERRORS as error:
                logger.warning("reply_lost", extra={"error": type(error).__name__})
        self.queue_consumer.ack_message(message)


class ServiceRpc(Rpc):  # type: ignore[misc]
    """One RPC method of a service."""

    rpc_consumer = ServiceRpcConsumer()

    def handle_message(self, body: Any, message: Any) -> None:
        try:
            (payload,), context = body["args"], body["kwargs"]["context"]
            expired = context["deadline"] is not None and context["deadline"] <= time.time()
        except (KeyError, TypeError, ValueError):
            self.rpc_consumer.reply(message, {"error": ServiceError("malformed_json").to_wire()})
            return
        if expired:
            # A prefetched message outlives its expiry: nobody waits for the answer, and nothing must be done late.
            self.rpc_consumer.queue_consumer.ack_message(message)
            metrics.rpc_handled(self.container.service_name, self.method_name, "expired", 0.0)
            return
        try:
            self.container.spawn_worker(
                self,
                (payload, context),
                {},
                context_data={},
                handle_result=partial(self._handle_result, message),
            )
        except ContainerBeingKilled:
            self.rpc_consumer.requeue_message(message)

    def _handle_result(self, message: Any, worker_ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        if exc_info is not None:
            result = {"error": ServiceError("internal_error").to_wire()}
        self.rpc_consumer.reply(message, result)
        return result, None


def _operation(body: Any) -> Any:
    """Which operation the caller meant, as its context says."""
    try:
        return body["kwargs"]["context"].get("operation")
    except (KeyError, TypeError, AttributeError):
        return None


def rpc_method(reply: Callable[[str, dict[str, Any], dict[str, Any]], dict[str, Any]], service: str, name: str) -> Any:
    """A function that nameko exposes as `<service>.<name>` and that answers with `reply(name, payload, context)`."""

    def method(self: Any, payload: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
        started = time.perf_counter()
        answered = reply(name, payload, context)
        outcome = answered["error"]["code"] if "error" in answered else "ok"
        metrics.rpc_handled(service, name, outcome, time.perf_counter() - started)
        return answered

    method.__name__ = name
    return ServiceRpc.decorator(method)
