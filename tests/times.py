"""Where the time of a test run goes: a table of folders and the slowest tests, at the end of every run.

A fixture's set-up and tear-down count for the test that they were done for: the first and the last that uses it.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import pytest

SLOWEST = 10
WORTH_TELLING = 1.0
"""Seconds below which no test counts as slow."""


class FolderTimes:
    """A plugin that adds up the durations of tests, whichever worker ran them."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._tests: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One of a test's three phases has ended."""
        self._tests[report.nodeid] += report.duration

    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        """Print what was added up."""
        if not self._tests:
            return
        terminalreporter.section("times", sep="-")
        workers = getattr(config.option, "numprocesses", None) or 1
        for line in self.lines(time.monotonic() - self._started, workers):
            terminalreporter.write_line(line)

    def lines(self, wall: float, workers: int) -> Iterator[str]:
        """The report of a run that took `wall` seconds: folders by their time, then the slowest tests."""
        folders: dict[str, list[float]] = defaultdict(list)
        for test, seconds in self._tests.items():
            folders[folder_of(test)].append(seconds)
        whole = sum(self._tests.values())
        for folder, times in sorted(folders.items(), key=lambda each: -sum(each[1])):
            share = sum(times) / whole if whole else 0
            yield f"{sum(times):8.1f} s {share:4.0%} {len(times):6} tests  {folder}"
        on = f"on {workers} workers" if workers > 1 else "one after the other"
        yield f"{whole:8.1f} s      {len(self._tests):6} tests, {on} in {wall:.1f} s"
        slow = sorted(((seconds, test) for test, seconds in self._tests.items()), reverse=True)[:SLOWEST]
        slow = [(seconds, test) for seconds, test in slow if seconds >= WORTH_TELLING]
        if slow:
            yield "slowest:"
        for seconds, test in slow:
            yield f"{seconds:8.1f} s  {test}"


def folder_of(test: str) -> str:
    """The folder below `tests/` that a test lies in: `tests/integration` for everything below that."""
    parts = PurePosixPath(test.partition("::")[0]).parent.parts
    return "/".join(parts[:2]) or "."
