"""Readings for the eyes only: what `test-read` and `simulate --dry-run` show, stored and sent nowhere."""

import queue
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

from services.device.announcer import Say
from services.device.domain.decoding import CardNotUnderstood
from services.device.drivers.base import CardContents, Driver, ReaderReady, Signal, Trouble
from services.device.readings import Reading, make_reading


class Trial:
    """Watches drivers for a while."""

    def __init__(self, drivers: list[tuple[str, Driver]], say: Say) -> None:
        self._drivers = drivers
        self._say = say
        self.reader_seen = False

    def readings(self, count: int, seconds: float) -> Iterator[Reading]:
        """The first `count` readings, as they come; fewer when `seconds` are over."""
        stop = threading.Event()
        signals: queue.Queue[Signal] = queue.Queue()
        for name, driver in self._drivers:
            threading.Thread(target=self._follow, args=(name, driver, stop, signals), daemon=True).start()
        deadline = time.monotonic() + seconds
        try:
            while count and (left := deadline - time.monotonic()) > 0:
                try:
                    reading = self._reading(signals.get(timeout=left))
                except queue.Empty:
                    return
                if reading is not None:
                    count -= 1
                    yield reading
        finally:
            stop.set()

    def _follow(self, name: str, driver: Driver, stop: threading.Event, signals: "queue.Queue[Signal]") -> None:
        try:
            for signal in driver.watch(stop):
                signals.put(signal)
        except Exception as error:
            self._say("driver_ended", driver=name, error=type(error).__name__)

    def _reading(self, signal: Signal) -> Reading | None:
        match signal:
            case ReaderReady(reader):
                self.reader_seen = True
                self._say("reader_ready", reader=reader)
            case Trouble(notice, reader, status):
                self._say(notice, reader=reader, status=status)
            case CardContents(reader, contents):
                try:
                    return make_reading(reader, contents, reading_id=uuid4(), read_at=datetime.now(UTC))
                except CardNotUnderstood as error:
                    self._say(error.code, reader=reader)
        return None
