"""Turns a process green: `import chassis.running.green` is the first import of every process that nameko runs in.

It must come before anything imports a socket or a lock. Eventlet is deprecated, and nameko stands on it.
"""

import os
import warnings


def _set() -> None:
    # Names are looked up when a connection is made, which is rare; eventlet's own resolver would cost 20 MB a process.
    os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
    # Real threads for password hashes (chassis.base.blocking): more of them than cores would only cost memory.
    os.environ.setdefault("EVENTLET_THREADPOOL_SIZE", "4")


_set()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import eventlet
    from eventlet import hubs

eventlet.monkey_patch()


def forked() -> None:
    """Be a process of its own after a fork, before any green thread runs: the hub that was loaded with us waits with a
    descriptor that the parent and all that it makes have too."""
    _set()
    hubs.use_hub()
