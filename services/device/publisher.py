"""From the spool to the broker: each reading confirmed, oldest first, sent again with the same id until it is."""

import random
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from amqp.exceptions import AccessRefused, AMQPError, MessageNacked, NotAllowed, NotFound, PreconditionFailed
from kombu import Connection, Producer
from kombu.exceptions import KombuError, OperationalError

from contracts.base import Envelope
from contracts.device.stations import READING_LIFETIME, READINGS_EXCHANGE, READINGS_KEY
from services.device.announcer import Say
from services.device.settings import BrokerSettings
from services.device.spool import Spool, SpoolUnusable, Waiting

_BATCH = 50  # confirmed readings leave the spool together: one write to the disk instead of fifty
_TIMEOUT_SECONDS = 10
_HEARTBEAT_SECONDS = 20
_IDLE_SECONDS = 5  # how often an idle connection is looked after and old readings are erased
_LONGEST_PAUSE_SECONDS = 10

_BROKEN = (OSError, AMQPError, KombuError, OperationalError)


class _Refused(Exception):
    """The broker is there but does not take the reading; `notice` says why."""

    def __init__(self, notice: str, reason: str = "") -> None:
        super().__init__(notice)
        self.notice, self.reason = notice, reason


class Publisher:
    """Runs in a thread of its own; `wake` tells it that a reading has come."""

    def __init__(self, station: str, broker: BrokerSettings, spool: Spool, say: Say) -> None:
        self._station = station
        self._broker = broker
        self._spool = spool
        self._say = say
        self._woken = threading.Event()
        self._reported = ""
        self.connected = False
        self.delivered = 0
        self.last_delivered_at: datetime | None = None

    def wake(self) -> None:
        """A reading waits, or it is time to stop."""
        self._woken.set()

    def run(self, stop: threading.Event) -> None:
        """Deliver readings until `stop` is set. Whatever the broker does, this goes on."""
        pause = 1.0
        for url in cycle(self._broker.urls):
            if stop.is_set():
                return
            try:
                with self._connect(url) as connection:
                    self._tell_connected()
                    pause = 1.0
                    self._deliver_until(stop, connection)
            except _Refused as refused:
                self._report(refused.notice, error=refused.reason)
                pause = _LONGEST_PAUSE_SECONDS
            except SpoolUnusable as error:
                self._report("folder_unusable", path=self._spool.path, error=error)
                pause = _LONGEST_PAUSE_SECONDS  # what was sent but can't be taken out is sent again each time
            except _BROKEN as error:
                self._report("broker_away", error=type(error).__name__)
            finally:
                self.connected = False
            self._erase_expired()
            # Hundreds of stations must not all come back at the same moment.
            stop.wait(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    @contextmanager
    def _connect(self, url: str) -> Iterator[Connection]:
        connection = Connection(
            url,
            userid=self._station,
            password=self._broker.password.get_secret_value(),
            connect_timeout=_TIMEOUT_SECONDS,
            heartbeat=_HEARTBEAT_SECONDS,
            ssl=_tls(self._broker, url),
            transport_options={"confirm_publish": True, "read_timeout": _TIMEOUT_SECONDS},
        )
        try:
            try:
                connection.connect()
            except (AccessRefused, NotAllowed) as error:
                raise _Refused("broker_refused_station", type(error).__name__) from None
            yield connection
        finally:
            connection.collect(_TIMEOUT_SECONDS)

    def _deliver_until(self, stop: threading.Event, connection: Connection) -> None:
        returned = threading.Event()
        producer = Producer(connection.channel(), auto_declare=False, on_return=lambda *_: returned.set())
        while not stop.is_set():
            self._woken.clear()
            self._erase_expired()
            waiting = self._spool.oldest(_BATCH)
            if not self._deliver(producer, waiting, returned):
                _look_after(connection)
                self._woken.wait(_IDLE_SECONDS)

    def _deliver(self, producer: Producer, waiting: list[Waiting], returned: threading.Event) -> bool:
        """Send readings and take them out of the spool; False when there was nothing to send."""
        confirmed = []
        try:
            for reading in waiting:
                if self._publish(producer, reading, returned):
                    confirmed.append(reading.position)
        finally:
            # What the broker has confirmed is not sent again, even when a later one failed.
            if confirmed:
                self._spool.remove(confirmed)
        if confirmed:
            self._reported = ""
        return bool(confirmed)

    def _publish(self, producer: Producer, reading: Waiting, returned: threading.Event) -> bool:
        """Send one reading and wait for the broker's word; False when it has grown too old meanwhile."""
        left = READING_LIFETIME - (datetime.now(UTC) - reading.read_at)
        if left.total_seconds() <= 0:
            return False
        event_id = str(Envelope.model_validate_json(reading.body).event_id)
        returned.clear()
        try:
            producer.publish(
                reading.body,
                exchange=READINGS_EXCHANGE,
                routing_key=READINGS_KEY,
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode="persistent",
                mandatory=True,  # a message that nobody would receive comes back instead of vanishing
                expiration=left.total_seconds(),
                user_id=self._station,  # the broker refuses any other
                message_id=event_id,
                timeout=_TIMEOUT_SECONDS,
                confirm_timeout=_TIMEOUT_SECONDS,
            )
        except NotFound:
            raise _Refused("broker_has_no_receiver") from None
        except (AccessRefused, PreconditionFailed, MessageNacked) as error:
            raise _Refused("broker_refused_reading", type(error).__name__) from None
        if returned.is_set():
            raise _Refused("broker_has_no_receiver")
        self.delivered += 1
        self.last_delivered_at = datetime.now(UTC)
        self._say("reading_delivered", reading=event_id)
        return True

    def _erase_expired(self) -> None:
        try:
            if count := self._spool.erase_expired(datetime.now(UTC)):
                self._say("readings_expired", count=count)
        except SpoolUnusable as error:
            self._report("folder_unusable", path=self._spool.path, error=error)

    def _tell_connected(self) -> None:
        self.connected = True
        if self._reported not in ("broker_refused_reading", "broker_has_no_receiver"):
            self._say("broker_connected")
            self._reported = ""

    def _report(self, notice: str, **params: object) -> None:
        # Said once, not at every attempt.
        if notice != self._reported:
            self._say(notice, **params)
        self._reported = notice


def _look_after(connection: Connection) -> None:
    """Answer the broker's heartbeats and notice when it has gone."""
    connection.heartbeat_check()
    try:
        connection.drain_events(timeout=0.001)
    except TimeoutError:
        return


def _tls(broker: BrokerSettings, url: str) -> dict[str, Any] | bool:
    parts = urlsplit(url)
    if parts.scheme != "amqps":
        return False
    return {
        "cert_reqs": ssl.CERT_REQUIRED,
        "ca_certs": None if broker.ca_file is None else str(broker.ca_file),
        "server_hostname": parts.hostname,  # has the name in the certificate checked too
    }
