"""Calls that wait or burn processor time in native code: password hashes, image checks, the object store."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def in_real_thread(function: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """The result of `function`, which releases the interpreter lock: where threads are green it runs in a real one, so
    that requests go on meanwhile; elsewhere it just runs."""
    if "eventlet" in sys.modules:
        from eventlet import patcher, tpool

        if patcher.is_monkey_patched("thread"):
            result: Result = tpool.execute(function, *args, **kwargs)
            return result
    return function(*args, **kwargs)
