"""Waiting for a condition instead of sleeping."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def eventually(condition: Callable[[], Value], what: str, seconds: float = 30) -> Value:
    """The first true value of `condition`, asked 50 times a second; fails after `seconds` with what was waited for."""
    until = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > until:
            raise AssertionError(f"{what}: not after {seconds} s; last value {value!r}")
        time.sleep(0.02)
