"""A thread that looks after some things again and again, for as long as there are any."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from chassis.running.logging import get_logger

log = get_logger(__name__)

Key = TypeVar("Key")
Thing = TypeVar("Thing")


class Rounds(Generic[Key, Thing]):
    """Looks at each thing every so often until `look` says that it need not any more."""

    def __init__(self, name: str, look: Callable[[Key, Thing], bool], every: float, most: int) -> None:
        """`every` is in seconds; beyond `most` things no more are taken on."""
        self._name = name
        self._look = look
        self._every = every
        self._most = most
        self._things: dict[Key, Thing] = {}
        self._lock = threading.Lock()
        self._running = False

    def take_on(self, key: Key, thing: Thing) -> None:
        """Look after a thing from now on, in the place of the one that had its key."""
        with self._lock:
            if key in self._things or len(self._things) < self._most:
                self._things[key] = thing
            if self._running or not self._things:
                return
            self._running = True
        threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(self._every)
            for key, thing in list(self._things.items()):
                if not self._look_at(key, thing):
                    self._let_go(key, thing)
            with self._lock:
                if not self._things:
                    self._running = False
                    return

    def _look_at(self, key: Key, thing: Thing) -> bool:
        try:
            return self._look(key, thing)
        except Exception:
            log.exception("round_failed", name=self._name)
            return False

    def _let_go(self, key: Key, thing: Thing) -> None:
        with self._lock:
            if self._things.get(key) is thing:  # else another has taken its place meanwhile
                del self._things[key]
