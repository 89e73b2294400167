"""Reads tables that somebody has tampered with, and says what came of them.

`python -m tests.chassis.papers.bombs --count 2000 [--seed 1]` ends with 1 when one of them had no reason, took more
than it may, or made a reader stumble over what it does not expect.
"""

from __future__ import annotations

import argparse
import io
import logging
import resource
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from rich.console import Console
from rich.progress import track

from chassis.papers.reading import apart
from chassis.papers.reading.limits import Limits
from contracts.errors import ServiceError
from contracts.sentences import describe
from tests.chassis.papers.lists import read
from tests.chassis.papers.tampering import tampered


@dataclass(slots=True)
class Figures:
    """What came of tables: outcomes and how often, what readers stumbled over, and the most that one took."""

    outcomes: Counter[str] = field(default_factory=Counter)
    stumbled: list[str] = field(default_factory=list)
    without_reason: list[str] = field(default_factory=list)
    seconds: float = 0.0
    processor: float = 0.0

    def try_one(self, seed: int, maker: str, content: bytes) -> None:
        """Read a table, and keep what came of it."""
        heard = _Heard()
        apart.logger.addHandler(heard)
        began, used = time.monotonic(), _processor()
        try:
            outcome = _outcome(content)
        except Exception as error:  # whatever it is, it is what is looked for
            outcome = type(error).__name__
            self.without_reason.append(f"{seed} ({maker}): {error!r}")
        finally:
            apart.logger.removeHandler(heard)
        self.seconds = max(self.seconds, time.monotonic() - began)
        self.processor = max(self.processor, _processor() - used)
        self.stumbled += [f"{seed} ({maker}): {reason}" for reason in heard.reasons]
        self.outcomes[outcome] += 1


class _Heard(logging.Handler):
    """What the process that reads stumbled over."""

    def __init__(self) -> None:
        super().__init__()
        self.reasons: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.reasons.append(str(getattr(record, "reason", record.getMessage())))


def _outcome(content: bytes) -> str:
    try:
        rows = read(io.BytesIO(content))
    except ServiceError as refused:
        sentence = describe(refused.code, refused.params, "zh")
        if not any("\u4e00" <= sign <= "\u9fff" for sign in sentence):
            raise AssertionError(f"{refused.code} has no sentence") from None
        return refused.code
    for row in rows:
        for error in row.errors:
            assert error.sentence("zh")
    return "read, rows refused" if any(row.errors for row in rows) else "read"


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Try so many, and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1, help="the number of the first")
    asked = parser.parse_args()
    figures, console = Figures(), Console()
    # Made elsewhere: a process that was started by a large one counts as large.
    with ProcessPoolExecutor(1, get_context("spawn")) as maker:
        for seed in track(range(asked.seed, asked.seed + asked.count), description="tables", console=console):
            figures.try_one(seed, *maker.submit(tampered, seed).result())
        child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    for outcome, times in figures.outcomes.most_common():
        console.print(f"{times:6} {outcome}")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took = f"{figures.seconds:.1f} s, {figures.processor:.1f} s of processor, {child:.0f} MB"
    console.print(f"a process that reads at most {took}; ours {own:.0f} MB")
    for what in (*figures.without_reason, *figures.stumbled):
        console.print(what)
    limits = Limits()
    took_too_much = figures.processor > limits.seconds + 2 or child > limits.memory / 1024**2
    return int(bool(figures.without_reason or figures.stumbled or took_too_much))


if __name__ == "__main__":
    sys.exit(main())
