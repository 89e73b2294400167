"""How many of a process's threads do steps at once: few, and beside each that is at one for long, another.

Plans and ends of tasks read and write workbooks, for minutes, and nothing can interrupt them. If they kept their place,
two people's would keep everybody else's small tasks waiting.
"""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_LOOK_SECONDS = 0.5


class Hands:
    """Places for `usual` threads; one that is at a step for longer than `patience` seconds needs none any more."""

    def __init__(self, usual: int, patience: float) -> None:
        self._usual = usual
        self._patience = patience
        self._changed = threading.Condition()
        # Thread → since when it is at a step; not yet while it looks for one.
        self._since: dict[int, float] = {}

    @contextmanager
    def place(self, stopping: threading.Event) -> Iterator[None]:
        """A block in which the thread has a place, which it waits for; or all are to stop."""
        me = threading.get_ident()
        with self._changed:
            while self._taken() >= self._usual and not stopping.is_set():
                self._changed.wait(_LOOK_SECONDS)
            self._since[me] = math.inf
        try:
            yield
        finally:
            with self._changed:
                del self._since[me]
                self._changed.notify()

    def begin(self) -> None:
        """The thread, which has a place, is at a step from now on."""
        self._since[threading.get_ident()] = time.monotonic()

    def _taken(self) -> int:
        now = time.monotonic()
        return sum(now - since < self._patience for since in self._since.values())
