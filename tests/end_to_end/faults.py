"""Things that die in the middle of work, and come back alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TypeVar

from launcher.servers.postgres import PostgresServer
from launcher.servers.rabbitmq import RabbitServer
from launcher.system import System

Result = TypeVar("Result")
AT_ONCE = 4
"""Requests under way at a time."""


class Victims:
    """What can be killed by name: `database`, `broker`, `gateway`, or a service together with its task process."""

    def __init__(self, system: System, database: PostgresServer, broker: RabbitServer) -> None:
        self._system = system
        self._servers = {"database": database, "broker": broker}
        self.killed = 0

    def kill_and_restart(self, name: str) -> None:
        """SIGKILL it, and start nothing but it."""
        self.killed += 1
        if server := self._servers.get(name):
            server.kill()
            server.start()
            return
        processes = self._processes(name)
        for process in processes:
            self._system.kill(process)
        for process in processes:
            self._system.start(process)

    def wait_ready(self) -> None:
        """Wait until everything takes work again. A process that ended by itself fails here."""
        self._system.wait_ready(seconds=60)

    def _processes(self, name: str) -> list[str]:
        return [each for each in self._system.processes if each in (name, f"{name}-tasks")]


def while_killing(victims: Victims, names: Sequence[str], works: Sequence[Callable[[], Result]]) -> list[Result]:
    """Do all the works, a few at a time, and kill the victims in turn while they are under way; returns what came."""
    with dying_in_turn(victims, names, len(works)) as heard, ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(work) for work in works]
        for done, _ in enumerate(as_completed(futures), start=1):
            heard(done)
    return [future.result() for future in futures]


@contextmanager
def dying_in_turn(victims: Victims, names: Sequence[str], number: int) -> Iterator[Callable[[int], None]]:
    """Yields what wants to hear how many of so many works are done: the victims die at even distances between.

    Of two the first dies when a third of the works are done, the second when two thirds are. All are up again at the
    end. Raises what kept one from that.
    """
    waiting = [(max(1, number * place // (len(names) + 1)), name) for place, name in enumerate(names, start=1)]
    killers: list[_Killer] = []
    lock = threading.Lock()

    def heard(done: int) -> None:
        with lock:
            while waiting and done >= waiting[0][0]:
                killers.append(_Killer(victims, waiting.pop(0)[1]))

    yield heard
    for killer in killers:
        killer.finish()


class _Killer(threading.Thread):
    """Kills beside those who work, so that their requests come to nothing and are sent again."""

    def __init__(self, victims: Victims, name: str) -> None:
        super().__init__(name=f"kill-{name}")
        self._work = lambda: victims.kill_and_restart(name)
        self._error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self._work()
        except Exception as error:
            self._error = error

    def finish(self) -> None:
        """Wait until the victim was started again. Raises what kept it from that."""
        self.join()
        if self._error is not None:
            raise self._error
