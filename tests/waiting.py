"""Waiting for a condition instead of sleeping."""

import socket
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


def listens(port: int) -> bool:
    """Whether somebody accepts at this port of the machine."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
