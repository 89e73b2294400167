"""Ends a process that hangs. It lives, so nobody starts it again, and of what it was given nothing comes to an end."""

from __future__ import annotations

import faulthandler


def goes_on(hung_after: int) -> None:
    """Say that this process goes on; to be said again and again by what nothing may hold up for long: the main thread,
    or the loop.

    `hung_after` seconds in which nobody says it end the process with exit code 1, at once and whatever it does, and
    standard error says where every thread stood: names of functions and files, no values. With 0 nothing ends it.
    """
    if hung_after:
        faulthandler.dump_traceback_later(hung_after, exit=True)


def ends() -> None:
    """From here on it takes as long as it takes: whoever told it to end looks after it."""
    faulthandler.cancel_dump_traceback_later()
