"""One process of the system: started in its own session, found again by its pid file, stopped or killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests

from launcher.forks import Forks, Threads
from launcher.paths import ROOT

GRACE = 30.0
"""Seconds that a process may take to finish what it has in hand before it is killed."""
LOG_LIMIT = 20_000_000
"""Bytes from which a log is put aside when its process starts."""

PASSED_ON = (
    "JIAOWU_FILES_URL",
    "JIAOWU_HEADS_FOLDER",
    "JIAOWU_PUBLIC_URL",
    "JIAOWU_LOG_FORMAT",
    "JIAOWU_HUNG_AFTER",
    "JIAOWU_WORKERS",
    "JIAOWU_POOL_SIZE",
    "JIAOWU_GATEWAY_",
)
"""How the names of settings begin that processes may be given from outside as they are."""


def passed_on() -> dict[str, str]:
    """Those that our environment has."""
    return {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}


def inherited() -> dict[str, str]:
    """Our environment without what is meant for the launcher, such as administrators' addresses.

    Threads share two heaps, where otherwise each of dozens would keep what it needed once.
    """
    others = {name: value for name, value in os.environ.items() if not name.startswith("JIAOWU_")}
    return {"MALLOC_ARENA_MAX": "2", **others, "PYTHONPATH": str(ROOT)}


@dataclass(frozen=True)
class ProcessSpec:
    """What to run: `python -m <module> <arguments>` with these variables added to the environment."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)  # hold passwords
    health_port: int = 0
    threads: Threads | None = None
    """Which it has, if `Forks` may make it."""


class Process:
    """A process of this name; whoever opens the same run folder sees the same process."""

    def __init__(self, spec: ProcessSpec, run_folder: Path, log_folder: Path) -> None:
        self.spec = spec
        self.log = log_folder / f"{spec.name}.log"
        self._pid_file = run_folder / f"{spec.name}.pid"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def pid(self) -> int | None:
        """The process id while it lives."""
        found = self.find()
        return found.pid if found else None

    def running(self) -> bool:
        """Whether the process lives."""
        return self.find() is not None

    def ready(self) -> bool:
        """Whether it says that it may be given work."""
        answer = self._ask("readyz")
        return answer is not None and answer.ok

    def unready_because(self) -> str:
        """In a few words what it lacks: not running, not answering, or the checks that it says are not met."""
        if not self.running():
            return "not running"
        answer = self._ask("readyz")
        return "not answering" if answer is None else answer.text.strip()

    def _ask(self, what: str) -> requests.Response | None:
        try:
            return requests.get(f"http://127.0.0.1:{self.spec.health_port}/{what}", timeout=2)
        except requests.RequestException:
            return None

    def metrics(self) -> str:
        """What it measures, in Prometheus' format; nothing where it does not answer."""
        answer = self._ask("metrics")
        return answer.text if answer is not None and answer.ok else ""

    def start(self, forks: Forks | None = None) -> None:
        """Start it, unless it runs already; where `forks` are offered and can make it, by forking."""
        if self.running():
            return
        self._pid_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        pid = self._forked(forks) or self._started_anew()
        self._pid_file.write_text(f"{pid} {psutil.Process(pid).create_time()}")

    def _forked(self, forks: Forks | None) -> int | None:
        if forks is None or self.spec.threads is None:
            return None
        return forks.start(self.spec.threads, self.spec.module, self.spec.arguments, self._environment(), self.log)

    def _started_anew(self) -> int:
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", self.spec.module, *self.spec.arguments],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self._child.pid

    def send(self, number: signal.Signals) -> None:
        """Send a signal and return at once (SIGSTOP makes it hang, SIGCONT go on)."""
        if found := self.find():
            found.send_signal(number)

    def stop(self) -> None:
        """Ask it to finish, and kill it when it takes longer than GRACE."""
        found = self.find()
        if found is None:
            return
        found.terminate()
        _, alive = psutil.wait_procs([found], timeout=GRACE)
        if alive:
            self.kill()
        self._pid_file.unlink(missing_ok=True)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal that ends it and wait until it has ended (up to GRACE seconds)."""
        if found := self.find():
            found.send_signal(number)
            psutil.wait_procs([found], timeout=GRACE)

    def find(self) -> psutil.Process | None:
        """The process that the pid file names, if it is still that one: numbers are used again."""
        if self._child is not None:
            self._child.poll()  # an ended child stays a zombie until somebody asks
        try:
            pid, started = self._pid_file.read_text().split()
            found = psutil.Process(int(pid))
            same = found.create_time() == float(started) and found.status() != psutil.STATUS_ZOMBIE
        except (OSError, ValueError, psutil.NoSuchProcess):
            return None
        return found if same else None

    def _environment(self) -> dict[str, str]:
        return {**inherited(), **self.spec.variables}
