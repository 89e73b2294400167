"""Free loopback ports, remembered by name so that addresses stay the same from one start to the next."""

import json
import random
import socket
import weakref
from collections.abc import Callable
from pathlib import Path

# Below the range the kernel gives to outgoing connections (32768 on Linux): a port chosen now is still free
# when its server starts.
RANGE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether nobody listens on this port, on any address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return _bound(probe, port)


def any_free(taken: set[int]) -> int:
    """A free port that is not in `taken` and that nobody keeps. Raises RuntimeError when the machine has none left."""
    with _any_kept(taken) as kept:
        return _number(kept)


class Ports:
    """The ports of one system, kept in a JSON file.

    Those that were chosen here are kept from all others that choose, in whatever process, until their servers take
    them: those are started seconds later, and there may be several systems that start.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ports: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
        self._kept: list[socket.socket] = []
        weakref.finalize(self, _let_go, self._kept)

    def get(self, name: str, *, prefer: int | None = None) -> int:
        """The port of this name; chosen on the first call, `prefer` if that one is free."""
        if name not in self._ports:
            taken = set(self._ports.values())
            preferred = _keep(prefer) if prefer is not None and prefer not in taken else None
            self._kept.append(preferred or _any_kept(taken))
            self._set(name, _number(self._kept[-1]))
        return self._ports[name]

    def get_free(self, name: str, *, prefer: int | None = None, ours: Callable[[], bool] = lambda: False) -> int:
        """Like `get`, but chooses anew when somebody else has taken the remembered port meanwhile.

        `ours` tells whether what listens there is this system's own, already running, server.
        """
        port = self.get(name, prefer=prefer)
        if is_free(port) or ours():
            return port
        del self._ports[name]
        return self.get(name)

    def _set(self, name: str, port: int) -> None:
        self._ports[name] = port
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(self._ports, indent=2, sort_keys=True))


def _any_kept(taken: set[int]) -> socket.socket:
    for port in random.sample(RANGE, len(RANGE)):
        if port not in taken and (kept := _keep(port)):
            return kept
    raise RuntimeError("no free port between 20000 and 32000")


def _keep(port: int) -> socket.socket | None:
    """A socket that has this port without listening, so that a server may yet listen there: servers set SO_REUSEADDR.
    None where anybody else has it, in whatever way, or had it a moment ago."""
    kept = socket.socket()
    if not _bound(kept, port):
        kept.close()
        return None
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return kept


def _bound(made: socket.socket, port: int) -> bool:
    try:
        made.bind(("0.0.0.0", port))
    except OSError:
        return False
    return True


def _number(kept: socket.socket) -> int:
    number: int = kept.getsockname()[1]
    return number


def _let_go(kept: list[socket.socket]) -> None:
    for each in kept:
        each.close()
