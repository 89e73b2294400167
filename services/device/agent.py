"""The agent: a thread for each driver, one that delivers, and the main one that looks after them."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

from pydantic import ValidationError

from services.device import state_folder
from services.device.announcer import Say
from services.device.domain.contents import Contents
from services.device.domain.decoding import CardNotUnderstood
from services.device.drivers.base import (
    CardContents,
    CardFound,
    CardRemoved,
    Driver,
    DriverUnknown,
    ReaderGone,
    ReaderReady,
    Signal,
    Trouble,
    driver_names,
    find_driver,
)
from services.device.notices import field_name, problem_text
from services.device.publisher import Publisher
from services.device.readings import make_reading
from services.device.settings import ReaderSettings, Settings, SettingsRefused, reasons
from services.device.spool import Spool, SpoolUnusable

_RESTART_SECONDS = 5
_READING_SECONDS = 20  # a reader that has not given a card back by then hangs
_STOP_SECONDS = 15


def build_drivers(readers: tuple[ReaderSettings, ...]) -> list[tuple[str, Driver]]:
    """The drivers that the configuration names. Raises `SettingsRefused`."""
    drivers = []
    for position, reader in enumerate(readers):
        path = f"readers.{position}"
        try:
            drivers.append((reader.driver, find_driver(reader.driver)(reader.options)))
        except DriverUnknown:
            known = ", ".join(driver_names())
            raise SettingsRefused("settings_wrong", path=f"{path}.driver", error=f"one of: {known}") from None
        except ValidationError as error:
            raise SettingsRefused("settings_wrong", path=f"{path}.options", error=reasons(error)) from None
        except ImportError as error:
            raise SettingsRefused("settings_wrong", path=f"{path}.driver", error=str(error)) from None
    return drivers


class Agent:
    """Reads cards and delivers readings until told to stop."""

    def __init__(self, settings: Settings, say: Say) -> None:
        """Raises `SettingsRefused` or `AlreadyRunning`."""
        self._settings = settings
        self._say = say
        self._folder = settings.spool.folder
        self._drivers = build_drivers(settings.readers)
        state_folder.prepare(self._folder)
        self._lock = state_folder.Lock(self._folder)
        try:
            self._spool = self._open_spool()
        except SettingsRefused:
            self._lock.release()
            raise
        self.publisher = Publisher(settings.station, settings.broker, self._spool, say)
        self._readers: set[str] = set()
        self._reading_since: dict[str, float] = {}
        self._started_at = datetime.now(UTC)
        self._last_read_at: datetime | None = None
        self._written: dict[str, object] = {}

    def _open_spool(self) -> Spool:
        key = state_folder.load_key(self._folder)
        try:
            return Spool(self._folder, key, lambda notice, count: self._say(notice, count=count))
        except SpoolUnusable as error:
            raise SettingsRefused("folder_unusable", path=self._folder, error=error) from None

    def run(self, stop: threading.Event) -> None:
        """Run until `stop` is set. What waits then stays in the spool for the next start."""
        self._say("agent_started", station=self._settings.station)
        threads = [_start("publisher", self.publisher.run, stop, self._say)]
        for name, driver in self._drivers:
            threads.append(_start(name, partial(self._follow, driver), stop, self._say))
        while not stop.wait(1.0):
            self._notice_hanging_readers()
            self._write_status()
        self.publisher.wake()
        deadline = time.monotonic() + _STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._spool.close()
        self._lock.release()
        self._say("agent_stopped")

    def _follow(self, driver: Driver, stop: threading.Event) -> None:
        heard_of = set[str]()
        try:
            for signal in driver.watch(stop):
                heard_of.add(signal.reader)
                self._handle(signal)
        finally:
            # A driver that failed has no reader that works; it names them again when it is started again.
            self._readers -= heard_of
            for reader in heard_of:
                self._reading_since.pop(reader, None)

    def _handle(self, signal: Signal) -> None:
        self._reading_since.pop(signal.reader, None)
        match signal:
            case ReaderReady(reader):
                self._readers.add(reader)
                self._say("reader_ready", reader=reader)
            case ReaderGone(reader):
                self._readers.discard(reader)
                self._say("reader_gone", reader=reader)
            case CardFound(reader):
                self._reading_since[reader] = time.monotonic()
            case CardContents(reader, contents):
                self._take(reader, contents)
            case CardRemoved():
                pass
            case Trouble(notice, reader, status):
                self._say(notice, reader=reader, status=status)

    def _take(self, reader: str, contents: Contents) -> None:
        read_at = datetime.now(UTC)
        try:
            reading = make_reading(reader, contents, reading_id=uuid4(), read_at=read_at)
            self._spool.put(read_at, reading.body)
        except CardNotUnderstood as error:
            self._say(error.code, reader=reader)
            return
        except SpoolUnusable as error:
            self._say("reading_not_kept", error=error)
            return
        self._last_read_at = read_at
        self._say("card_read", reader=reader, reading=reading.reading_id)
        self.publisher.wake()
        language = self._settings.language
        for problem in reading.card.problems:
            self._say(
                "card_field_odd",
                field=field_name(problem.field, language),
                problem=problem_text(problem.code, language),
            )

    def _notice_hanging_readers(self) -> None:
        now = time.monotonic()
        for reader, since in list(self._reading_since.items()):
            if now - since > _READING_SECONDS:
                self._reading_since.pop(reader, None)
                self._say("reader_not_answering", reader=reader)

    def _write_status(self) -> None:
        status = self._status()
        if status != self._written:
            state_folder.write_status(self._folder, status)
            self._written = status

    def _status(self) -> dict[str, object]:
        return {
            "station": self._settings.station,
            "started_at": _text(self._started_at),
            "readers": sorted(self._readers),
            "broker_connected": self.publisher.connected,
            "delivered": self.publisher.delivered,
            "last_read_at": _text(self._last_read_at),
            "last_delivered_at": _text(self.publisher.last_delivered_at),
        }


def _start(name: str, body: Callable[[threading.Event], None], stop: threading.Event, say: Say) -> threading.Thread:
    """Run a part of the agent in a thread, and again when it fails: one bad driver must not end the agent."""

    def forever() -> None:
        while not stop.is_set():
            try:
                body(stop)
            except (Exception, SystemExit) as error:  # a vendor's library may try to end the program
                # The type only: a message may hold what was on the card.
                say("driver_failed", driver=name, error=type(error).__name__, seconds=_RESTART_SECONDS)
            stop.wait(_RESTART_SECONDS)

    thread = threading.Thread(target=forever, name=name, daemon=True)
    thread.start()
    return thread


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat(timespec="seconds")
