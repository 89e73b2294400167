"""What reading one file may cost."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.papers.reading.packages import MAX_UNPACKED


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of all parts unpacked, bytes of memory of the process that reads, its seconds of processor time, and
    characters of all cells together."""

    unpacked: int = MAX_UNPACKED
    memory: int = 290 * 1024 * 1024
    seconds: int = 60
    characters: int = 32_000_000
