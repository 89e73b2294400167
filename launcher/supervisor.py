"""The process that keeps a system running: `python -m launcher.supervisor <state folder>`.

Told to begin, it starts every process, starts again what ended (servers too) after a growing pause, and on SIGTERM
stops all in order. On SIGHUP it ends and leaves all running: another takes over, or processes are to be replaced.
"""

import json
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from launcher.forks import Forks
from launcher.installation import Installation
from launcher.paths import declaring, service_names
from launcher.servers.processes import ServerError

LONGEST_PAUSE = 30.0
"""Seconds before something that keeps ending is started again."""
CALM = 60.0
"""Seconds after which something that runs counts as sound again."""


class Managed(Protocol):
    """What can be watched over: a process or a private server."""

    @property
    def name(self) -> str: ...

    def running(self) -> bool: ...

    def start(self) -> None: ...


@dataclass
class Watch:
    """One thing that is watched, and how it has fared."""

    thing: Managed
    restarts: int = 0
    pause: float = 1.0
    started_at: float = 0.0
    due_at: float | None = None

    def look(self, now: float) -> str | None:
        """Start it again when it has ended and its pause is over; returns what there is to report."""
        if self.thing.running():
            if now - self.started_at > CALM:
                self.pause = 1.0
            return None
        if self.due_at is None:
            self.due_at = now + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
            return f"{self.thing.name} has ended; starting it again in {self.due_at - now:.0f} s"
        if now < self.due_at:
            return None
        self.due_at, self.started_at = None, now
        self.restarts += 1
        try:
            self.thing.start()
        except (ServerError, OSError) as problem:
            return f"{self.thing.name} could not be started: {problem}"
        return f"{self.thing.name} was started again"


class Supervisor:
    """Watches over things until told to stop."""

    def __init__(self, things: Sequence[Managed], record: Path) -> None:
        """`record` is the file that says how often each was started again."""
        self._watches = [Watch(thing) for thing in things]
        self._record = record

    def run(self, stopping: threading.Event, *, every: float = 0.5) -> None:
        """Look at everything twice a second, until `stopping` is set."""
        self._write()
        while not stopping.wait(every):
            for watch in self._watches:
                if report := watch.look(time.monotonic()):
                    print(time.strftime("%Y-%m-%d %H:%M:%S"), report, flush=True)
                    self._write()

    def _write(self) -> None:
        counts = {watch.thing.name: watch.restarts for watch in self._watches}
        # `status` may read at any moment: the file is there as a whole, or as it was.
        whole = self._record.with_suffix(".new")
        whole.write_text(json.dumps(counts))
        whole.replace(self._record)


def main(state: Path) -> None:
    """Run the system below this folder until SIGTERM or SIGHUP, from the moment that the launcher says so on standard
    input."""
    forks = Forks([declaring(name) for name in service_names()])
    if not sys.stdin.readline():  # it ended before that
        forks.end()
        return
    stopping, leaving = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())

    def leave(*_: object) -> None:  # a flag, too: the process that is being started at this moment is noted before
        leaving.set()
        stopping.set()

    signal.signal(signal.SIGHUP, leave)
    installation = Installation(state)
    system = installation.system()
    system.start_all(forks)
    forks.end()
    things: list[Managed] = [*installation.servers(), *system.processes.values()]
    Supervisor(things, installation.restarts_file).run(stopping)
    if not leaving.is_set():
        system.down()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
