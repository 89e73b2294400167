"""The socket on which people arrive: made by whoever runs alone, or taken from the entrance.

Nothing here knows what serves the requests; any server can go on with a listening socket.
"""

import os
import select
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 10.0
"""Seconds for which a gateway waits until the entrance hands it the socket."""


def listen(address: str, backlog: int) -> socket.socket:
    """A socket that listens on `host:port`; `backlog` connections may wait for somebody to accept them.

    Raises `OSError` when another process has the port: two that don't know of each other must not share one, so
    SO_REUSEPORT is not set.
    """
    host, _, port = address.rpartition(":")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, int(port)))
        listener.listen(backlog)
    except OSError:
        listener.close()
        raise
    return listener


def take(path: Path, patience: float = PATIENCE) -> tuple[socket.socket, socket.socket]:
    """The socket that the entrance at `path` holds, and the line to the entrance, which ends when the entrance does.

    Raises `OSError` when nobody hands it over in time.
    """
    until = time.monotonic() + patience
    while True:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with short(path) as name:
                line.connect(name)
            if not select.select([line], [], [], max(0.0, until - time.monotonic()))[0]:
                raise TimeoutError(f"the entrance at {path} hands nothing over")
            _, handed, _, _ = socket.recv_fds(line, 1, 1)
            if not handed:
                raise ConnectionError(f"the entrance at {path} is going")
        except OSError:
            line.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
            continue
        return socket.socket(fileno=handed[0]), line


@contextmanager
def short(path: Path) -> Iterator[str]:
    """Another name for a socket's path: the operating system takes 107 bytes, and folders of tests lie deep."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
