"""Free loopback ports, remembered by name so that addresses stay the same from one start to the next."""

import json
import random
import socket
from collections.abc import Callable
from pathlib import Path

# Below the range the kernel gives to outgoing connections (32768 on Linux): a port chosen now is still free
# when its server starts.
RANGE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether nobody listens on this port, on any address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


def any_free(taken: set[int]) -> int:
    """A free port that is not in `taken`. Raises RuntimeError when the machine has none left."""
    for port in random.sample(RANGE, len(RANGE)):
        if port not in taken and is_free(port):
            return port
    raise RuntimeError("no free port between 20000 and 32000")


class Ports:
    """The ports of one system, kept in a JSON file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ports: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}

    def get(self, name: str, *, prefer: int | None = None) -> int:
        """The port of this name; chosen on the first call, `prefer` if that one is free."""
        if name not in self._ports:
            taken = set(self._ports.values())
            wanted = prefer is not None and prefer not in taken and is_free(prefer)
            self._set(name, prefer if wanted and prefer else any_free(taken))
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
