"""Watching a driver from a test."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from services.device.drivers.base import Driver, Signal

S = TypeVar("S")


class Watched:
    """The signals of a driver, one after the other."""

    def __init__(self, signals: "queue.Queue[Signal]") -> None:
        self._signals = signals

    def next(self, timeout: float = 10.0) -> Signal:
        """The next signal; fails when none comes."""
        return self._signals.get(timeout=timeout)

    def until(self, kind: type[S], timeout: float = 10.0) -> S:
        """Skip signals up to the next one of this kind."""
        deadline = time.monotonic() + timeout
        while True:
            signal = self.next(deadline - time.monotonic())
            if isinstance(signal, kind):
                return signal

    def nothing(self) -> bool:
        """Whether no signal waits."""
        return self._signals.empty()


@contextmanager
def watching(driver: Driver) -> Iterator[Watched]:
    """Run a driver for the length of the block; an exception of its own fails the test."""
    signals: queue.Queue[Signal] = queue.Queue()
    stop, failures = threading.Event(), list[BaseException]()

    def follow() -> None:
        try:
            for signal in driver.watch(stop):
                signals.put(signal)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        yield Watched(signals)
    finally:
        stop.set()
        thread.join(15)
        assert not thread.is_alive(), "the driver did not stop"
        if failures:
            raise failures[0]
