"""What processes use: processor time and memory, read from /proc."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def processor_seconds(pids: Iterable[int]) -> float:
    """Processor time of processes and of their ended children, in seconds."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        ticks += sum(int(value) for value in fields[11:15])
    return ticks / _TICK


def memory_megabytes(pid: int) -> float:
    """Resident memory of a process in MB, shared pages counted by their share (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process in MB, shared pages and all (RSS)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**2


def most_megabytes() -> float:
    """The most resident memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def with_children(pid: int) -> list[int]:
    """A process and its children: PostgreSQL has one for each connection."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *(int(child) for child in children.read_text().split())] if children.exists() else [pid]


def listeners(port: int) -> list[int]:
    """Processes that listen on a TCP port of this machine."""
    inodes = {
        line.split()[9]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        if Path(table).exists()
        for line in Path(table).read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    }
    return [int(path.name) for path in Path("/proc").glob("[0-9]*") if _holds(path, inodes)]


def _holds(process: Path, inodes: set[str]) -> bool:
    try:
        return any(os.readlink(fd).removeprefix("socket:[").rstrip("]") in inodes for fd in (process / "fd").iterdir())
    except (PermissionError, FileNotFoundError, ProcessLookupError):
        return False


class Meter:
    """Processor time of named groups of processes between two moments."""

    def __init__(self, groups: Mapping[str, int]) -> None:
        self.groups = dict(groups)
        self._before = self._read()

    def _read(self) -> dict[str, float]:
        # The processes that are measured may be this one's own children: its own time is its own alone.
        return {
            name: time.process_time() if pid == os.getpid() else processor_seconds(with_children(pid))
            for name, pid in self.groups.items()
        }

    def used(self) -> dict[str, float]:
        """Seconds of processor time of each group since the meter was made."""
        now = self._read()
        return {name: max(0.0, now[name] - before) for name, before in self._before.items()}
