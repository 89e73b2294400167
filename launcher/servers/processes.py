"""What both servers need to know about processes of the operating system."""

from collections.abc import Iterable
from pathlib import Path

import psutil

from chassis.base.problems import SetUpProblem


class ServerError(SetUpProblem):
    """A private server could not be started or stopped; the message ends with its log's last lines."""


def process_of(pid_file: Path, marker: str) -> psutil.Process | None:
    """The live process that a pid file names, if `marker` is part of its command line.

    A pid file that outlived its process may name somebody else's: the marker tells.
    """
    try:
        process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
        ours = marker in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, psutil.Error):
        return None
    return process if ours else None


def kill_all(processes: Iterable[psutil.Process]) -> None:
    """Kill these processes at once and wait until they are gone."""
    processes = list(processes)
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(processes, timeout=10)


def tail(log: Path, lines: int = 10) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""
