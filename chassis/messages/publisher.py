"""Publishing in this process's name: the relay's, which waits once for the broker's word on many messages, and that of
calls and answers, which waits for nothing."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any, Final

from kombu import Connection

from chassis.messages.broker import CONNECTION_ERRORS, RPC_EXCHANGE, may_be_unheard
from chassis.messages.senders import Senders

logger = logging.getLogger(__name__)

CONFIRM_TIMEOUT: Final = 30
"""Seconds for the broker to take and confirm a batch."""
PATIENCE: Final = 3.0
"""Seconds that sending may wait for the broker."""


class ConfirmingPublisher:
    """Publishes messages in this process's name and waits once for all their confirms, on a connection of its own."""

    def __init__(self, url: str) -> None:
        self.connection = Connection(url, heartbeat=30, connect_timeout=5)
        self.user = Senders.at(url).own_user
        self._channel: Any = None
        self._published = 0
        self._unconfirmed: set[int] = set()
        self._returned: set[str] = set()

    def publish(self, messages: Sequence[Any]) -> list[Any]:
        """Publish messages, each with `exchange`, `routing_key` and `message` (JSON). Returns those that no queue took,
        though somebody should hear them; the others have arrived.

        Raises one of `CONNECTION_ERRORS` when the broker is away, blocks, or refuses one of them: then none counts as
        published.
        """
        try:
            channel = self._ready_channel()
            self._returned.clear()
            for number, message in enumerate(messages, start=self._published + 1):
                self._unconfirmed.add(number)
                # A returned message says which one it was by its number: ours alone are on this channel.
                properties = {"delivery_mode": 2, "user_id": self.user, "message_id": str(number)}
                body = channel.prepare_message(
                    message.message,
                    content_type="application/json",
                    content_encoding="utf-8",
                    properties=properties,
                )
                channel.basic_publish(
                    body,
                    message.exchange,
                    message.routing_key,
                    mandatory=not may_be_unheard(message.routing_key),
                    timeout=CONFIRM_TIMEOUT,
                )
            first = self._published + 1
            self._published += len(messages)
            self._wait_for_confirms()
        except BaseException:
            self.close()
            raise
        # The broker returns a message before it confirms it: by now all that came back has come back.
        return [m for number, m in enumerate(messages, start=first) if str(number) in self._returned]

    def _ready_channel(self) -> Any:
        if self._channel is None:
            self.connection.ensure_connection(max_retries=1, timeout=5)
            self._channel = self.connection.channel()
            self._channel.confirm_select()
            self._channel.events["basic_ack"].add(self._on_ack)
            self._channel.events["basic_nack"].add(self._on_nack)
            self._channel.events["basic_return"].add(self._on_return)
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

    def _on_return(self, reason: Exception, exchange: str, routing_key: str, message: Any) -> None:
        logger.warning("message_returned", extra={"exchange": exchange, "routing_key": routing_key})
        self._returned.add(message.properties["message_id"])

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


class TransientPublisher:
    """Publishes transient messages without confirms, from any greenthread, on one connection of its own."""

    def __init__(self, url: str) -> None:
        self.connection = Connection(url, heartbeat=0, connect_timeout=PATIENCE)
        self.user = Senders.at(url).own_user
        self._channel: Any = None
        self._lock = threading.Lock()

    def publish(self, body: bytes, routing_key: str, **properties: Any) -> None:
        """Send one message to the RPC exchange. Raises an error of `CONNECTION_ERRORS` when the broker is away."""
        if not self._lock.acquire(timeout=PATIENCE):
            # Whoever has it waits for a broker that does not answer: the others must not queue up for the same.
            raise TimeoutError("the broker does not take messages")
        try:
            self._send_again_if_lost(body, routing_key, properties)
        finally:
            self._lock.release()

    def _send_again_if_lost(self, body: bytes, routing_key: str, properties: dict[str, Any]) -> None:
        try:
            self._send(body, routing_key, properties)
        except CONNECTION_ERRORS:
            # The first failure may just be the news that an idle connection has ended.
            self._close()
            self._send(body, routing_key, properties)

    def _send(self, body: bytes, routing_key: str, properties: dict[str, Any]) -> None:
        if self._channel is None or self._ended():
            self._close()
            self.connection.ensure_connection(max_retries=1, timeout=PATIENCE)
            self._channel = self.connection.channel()
        message = self._channel.prepare_message(
            body,
            content_type="application/json",
            content_encoding="utf-8",
            properties={"delivery_mode": 1, "user_id": self.user, **properties},
        )
        self._channel.basic_publish(message, RPC_EXCHANGE, routing_key, timeout=PATIENCE)

    def _ended(self) -> bool:
        """Whether the broker closed the connection: nothing else is ever sent to a channel that only publishes."""
        try:
            sock = self.connection.connection.sock
            # A green socket would wait for something to read; the real one inside says at once that there is nothing.
            waiting = getattr(sock, "fd", sock).recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return waiting in (b"", b"\x01")

    def _close(self) -> None:
        self._channel = None
        try:
            self.connection.collect(socket_timeout=1)
        except Exception:
            logger.debug("connection_not_closed", exc_info=True)
