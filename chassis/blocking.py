"""Calls that burn processor time without holding the interpreter: password hashes, image checks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def beside(function: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """The result of `function`, which releases the interpreter lock: in a green process it runs in a real thread, so
    that requests go on meanwhile; elsewhere it just runs."""
    if "chassis.green" in sys.modules:
        from eventlet import tpool

        result: Result = tpool.execute(function, *args, **kwargs)
        return result
    return function(*args, **kwargs)
