"""What a process does about its memory while it starts, and from then on."""

import ctypes
import gc
from contextlib import suppress
from typing import Final

_M_ARENA_MAX: Final = -8
"""`malloc.h` of glibc."""
_ARENAS: Final = 2


def begin() -> None:
    """Called by what is run, before its other imports: nothing of those becomes garbage, and looking for it costs a
    sixth of a process's start."""
    gc.disable()


def done() -> None:
    """All is loaded: from now on garbage is looked for, in what comes after; and threads share what the system gives,
    of which otherwise each would keep its own long after it needed it."""
    gc.freeze()
    gc.enable()
    with suppress(AttributeError):  # of another C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
