"""Long work side by side, with a sign of how far each is: on a terminal a line that is renewed, elsewhere one now and
then.

Standard library only: the bootstrap needs it before anything is installed. It writes to standard error, since some
commands' output is meant for a file.
"""

import shutil
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

RENEWED = 0.2
"""Seconds after which a terminal's line is renewed."""
NOW_AND_THEN = 15.0
"""Seconds between two lines where nobody sits at a terminal."""


@dataclass(frozen=True)
class Work:
    """Something that takes long: what people call it, what does it, and the log whose end says how far it is."""

    title: str
    do: Callable[[], None]
    log: Path


def side_by_side(works: Sequence[Work]) -> None:
    """Do all of it at once and wait for all, a line for each that ends. Raises what the first that failed raised."""
    started = time.monotonic()
    begun = {work: _size(work.log) for work in works}
    every = RENEWED if sys.stderr.isatty() else NOW_AND_THEN
    with ThreadPoolExecutor(max_workers=len(works) or 1) as pool:
        running = {pool.submit(work.do): work for work in works}
        pending = set(running)
        while pending:
            ended, pending = wait(pending, timeout=every, return_when=FIRST_COMPLETED)
            seconds = time.monotonic() - started
            for each in ended:
                _say(f"{'✗' if each.exception() else '✓'} {running[each].title} {seconds:.1f} s")
            if pending and not ended:
                open_ones = [work for each, work in running.items() if each in pending]
                _renew(f"{seconds:4.0f} s  " + " · ".join(_state(work, begun[work]) for work in open_ones))
    for each in running:
        each.result()


def _state(work: Work, begun: int) -> str:
    """The title, with the last line that was written to the log since `begun` (its size then)."""
    if not work.log.exists():
        return work.title
    with work.log.open("rb") as log:
        log.seek(max(begun, _size(work.log) - 2000))
        lines = log.read().decode(errors="replace").split("\n")
    said = [line.strip() for line in lines if line.strip()]
    return f"{work.title}: {said[-1][:60]}" if said else work.title


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _say(text: str) -> None:
    """A line that stays."""
    clear = "\r\033[K" if sys.stderr.isatty() else ""
    print(f"{clear}{text}", file=sys.stderr, flush=True)


def _renew(text: str) -> None:
    """A line that gives way to the next one, where that can be."""
    if not sys.stderr.isatty():
        _say(text)
        return
    width = shutil.get_terminal_size().columns
    print(f"\r\033[K{text[: width - 1]}", end="", file=sys.stderr, flush=True)
