"""Several at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from contracts.errors import ServiceError


def race(*calls: Callable[[], Any]) -> list[Any]:
    """Carry all out at the same moment, each in a thread of its own: what each answered, or its refusal."""
    start = Barrier(len(calls))

    def outcome(call: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return call()
        except ServiceError as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(outcome, calls))


def codes(outcomes: Sequence[Any]) -> list[str]:
    """`done`, or the code of the refusal, for each outcome."""
    return [outcome.code if isinstance(outcome, ServiceError) else "done" for outcome in outcomes]
