"""Hears what identity tells gateways on a queue of this gateway's own: every gateway has to hear every one."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

from amqp import Message
from kombu import Connection, Exchange, Queue, binding
from pydantic import ValidationError

from chassis.base import metrics
from chassis.messages.broker import CONNECTION_ERRORS
from chassis.messages.delivery import Delivery, distrust_of_event
from chassis.messages.senders import Senders
from chassis.messages.wire import read_warily
from chassis.running.logging import get_logger
from contracts.base import UnknownEvent, exchange, routing_key
from contracts.identity.events import AccessRevoked, NoticesKept
from gateway.revocations import RevocationList

log = get_logger(__name__)

_LONGEST_PAUSE = 5.0  # seconds between two attempts to connect


class Listener:
    """A thread that consumes until stopped. After every connecting `reconnected` is called: what was said
    meanwhile went to a queue that is gone."""

    def __init__(
        self,
        url: str,
        revocations: RevocationList,
        reconnected: Callable[[], None],
        notices: Callable[[NoticesKept], None],
    ) -> None:
        """Revocations go to the list, notices to whoever tells of them."""
        read_warily()
        self._url = url
        self._senders = Senders.at(url)
        self._revocations = revocations
        self._reconnected = reconnected
        self._notices = notices
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="revocations", daemon=True)
        self.connected = False

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._stopping.set()
        self._thread.join(5)

    def _run(self) -> None:
        pause = 0.2
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                self._consume()
            except CONNECTION_ERRORS as error:
                log.warning("broker_lost", reason=type(error).__name__)
            except Exception:  # such as an exchange that is not there yet
                log.exception("listener_failed")
            finally:
                self.connected = False
            pause = 0.2 if time.monotonic() - started > _LONGEST_PAUSE else min(2 * pause, _LONGEST_PAUSE)
            self._stopping.wait(pause)

    def _consume(self) -> None:
        told = Exchange(exchange(AccessRevoked.owner), type="topic", durable=True, no_declare=True)
        queue = Queue(
            f"gateway.heard.{uuid4()}",
            bindings=[binding(told, routing_key(event)) for event in (AccessRevoked, NoticesKept)],
            exclusive=True,
            auto_delete=True,
            durable=False,
        )
        with (
            Connection(self._url, heartbeat=30, connect_timeout=5) as connection,
            connection.channel() as channel,
        ):
            queue(channel).declare()
            # Messages as they are: kombu's own consumer decompresses what a header tells it to, and stops over it.
            channel.basic_consume(queue.name, no_ack=True, callback=self._take)
            self.connected = True
            self._reconnected()
            while not self._stopping.is_set():
                connection.heartbeat_check()
                with suppress(TimeoutError):
                    connection.drain_events(timeout=1.0)

    def _take(self, message: Message) -> None:
        delivery = Delivery.of(message, self._senders)
        if reason := distrust_of_event(delivery):
            log.error("event_refused", reason=reason)
            metrics.message_refused(reason)
            return
        try:
            event = delivery.envelope.event() if delivery.envelope is not None else None
        except (ValidationError, UnknownEvent):
            event = None
        if event is None:
            log.error("event_not_understood")
            self._reconnected()  # ask instead: it may have been a revocation
            return
        match event:
            case AccessRevoked():
                self._revocations.apply(event.revocations)
            case NoticesKept():
                self._notices(event)
