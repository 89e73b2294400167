"""Takes messages from a queue and hands them on in groups, acknowledging what was handled."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Protocol

from amqp import Message
from kombu import Connection

from chassis.data.database import is_infrastructure_failure
from chassis.messages.broker import CONNECTION_ERRORS, PACE
from chassis.messages.delivery import Delivery
from chassis.messages.senders import Senders
from chassis.messages.wire import read_warily

logger = logging.getLogger(__name__)

PREFETCH: Final = 400
GATHER: Final = 100
"""Messages handled in one go. Those that are there are taken; nobody waits for a batch to fill."""


PATIENCE: Final = 8
"""Attempts at a group while the database answers, over some 15 s, before its messages are tried one by one."""


class Handler(Protocol):
    """Handles messages or parks them, and calls `breathe` between its transactions. Raises what it can't even park."""

    def __call__(self, deliveries: Sequence[Delivery], breathe: Callable[[], None]) -> None: ...


class DatabaseAway(Exception):
    """The database can't be reached: what was taken goes back to the broker until it can."""


class EventConsumer:
    """Consumes one queue.

    Every time that a message is given back counts as if it had killed its process. So while the database is away the
    consumer gives all back once, keeps its connection alive and consumes again when the database answers; what fails
    although it answers stays in hand, and the one that fails again and again is `set_aside`. When the broker is lost it
    reconnects with growing pauses.
    """

    def __init__(
        self,
        url: str,
        queue: str,
        handle: Handler,
        reachable: Callable[[], bool],
        set_aside: Callable[[Delivery], None],
    ) -> None:
        read_warily()
        self.url = url
        self.queue = queue
        self.handle = handle
        self.reachable = reachable
        self.set_aside = set_aside
        self.connected = False
        self._senders = Senders.at(url)
        self._stopping = False
        self._not_before = 0.0
        self._taken: list[Message] = []
        self._last_tag = 0

    def stop(self) -> None:
        """Finish the messages in hand and end `run`."""
        self._stopping = True

    def run(self) -> None:
        """Consume until `stop`."""
        pause = 0.2
        while not self._stopping:
            try:
                self._connect_and_consume()
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

    def _connect_and_consume(self) -> None:
        with Connection(self.url, heartbeat=30, connect_timeout=5) as connection:
            connection.ensure_connection(max_retries=1, timeout=5)
            self.connected = True
            try:
                while self._await_database(connection):
                    self._consume_while_the_database_is_there(connection)
            finally:
                self.connected = False  # also while it waits before it tries again

    def _consume_while_the_database_is_there(self, connection: Connection) -> None:
        try:
            self._consume(connection)
        except DatabaseAway:
            logger.warning("database_out_of_reach", extra={"queue": self.queue})

    def _await_database(self, connection: Connection) -> bool:
        """Wait for the database with the connection kept alive; whether to go on at all."""
        pause = 0.1
        while not self._stopping:
            if self.reachable():
                return True
            self._breathe(connection, pause)
            pause = min(pause * 2, 5.0)
        return False

    def _consume(self, connection: Connection) -> None:
        """Consume until stopped. Closing the channel gives back what was not acknowledged.

        The messages come as they are: kombu's own consumer decompresses what a header tells it to, and stops over it.
        """
        with connection.channel() as channel:
            channel.basic_qos(0, PREFETCH, False)
            self._taken.clear()
            tag = channel.basic_consume(self.queue, callback=self._taken.append)
            while not self._stopping:
                connection.heartbeat_check()
                self._gather(connection)
                if self._taken:
                    self._handle_taken(connection)
                    channel.basic_ack(self._last_tag, multiple=True)
            channel.basic_cancel(tag)

    def _gather(self, connection: Connection) -> None:
        """Wait for a first message, then take those that are there. Under load, when the last group began a moment ago,
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
        self._handle_until_done([Delivery.of(message, self._senders) for message in messages], connection)
        self._last_tag = messages[-1].delivery_tag

    def _handle_until_done(self, deliveries: Sequence[Delivery], connection: Connection) -> None:
        pause = 0.1
        for _ in range(PATIENCE):
            if self._handled(deliveries, connection):
                return
            self._breathe(connection, pause)
            pause = min(pause * 2, 5.0)
        # The database is there, and yet this group fails every time: whichever of them it is holds up no other.
        for delivery in deliveries:
            if not self._handled([delivery], connection):
                self.set_aside(delivery)

    def _handled(self, deliveries: Sequence[Delivery], connection: Connection) -> bool:
        """Hand messages on; whether that succeeded. Raises DatabaseAway when it can't at the moment."""
        try:
            self.handle(deliveries, lambda: self._breathe(connection, 0.001))
        except Exception as error:
            if not is_infrastructure_failure(error):
                logger.exception("messages_not_parked", extra={"queue": self.queue})
            elif not self.reachable():
                raise DatabaseAway from None
            else:
                logger.warning("messages_not_handled", extra={"queue": self.queue, "error": type(error).__name__})
            if self._stopping:
                raise ConnectionAbortedError("stopped before the messages were handled") from None
            return False
        return True

    def _breathe(self, connection: Connection, seconds: float) -> None:
        """Let the connection live for so long: take what arrives, and send heartbeats."""
        until = time.monotonic() + seconds
        while True:
            connection.heartbeat_check()
            with suppress(TimeoutError):
                connection.drain_events(timeout=max(0.001, min(0.5, until - time.monotonic())))
            if self._stopping or time.monotonic() >= until:
                return

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            time.sleep(0.05)
