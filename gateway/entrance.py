"""The entrance: `python -m gateway.entrance` holds the socket on which people arrive and hands it to every gateway.

Gateways come and go, and crash; the socket stays. Who arrives in between waits in its queue until the next gateway
accepts, and where two run, whichever is free does. So this process has to live longer than any gateway: it does nothing
else, accepts nobody itself, and is not replaced by an upgrade.

When it ends after all, its gateways let go of the socket and end too (`GatewayProcess`), and whoever watches over them
starts all anew: nobody waits at a socket that nobody accepts from.
"""

import selectors
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType

from chassis.base.settings import settings
from chassis.running import health
from chassis.running.logging import configure, get_logger
from gateway.listening import listen, short

log = get_logger("gateway.entrance")

OLD_GATEWAYS = 40.0
"""Seconds that gateways of an entrance before this one may take to let go of the address."""


class Entrance:
    """Holds one listening socket and hands it out at a path of the file system, to our own account only."""

    def __init__(self, address: str, path: Path, backlog: int) -> None:
        self._address, self._backlog = address, backlog
        self._path = path
        self._selector = selectors.DefaultSelector()
        self._listener: socket.socket | None = None
        self._stopping = False

    def ready(self) -> bool:
        """Whether the socket listens and can be asked for."""
        return self._listener is not None and not self._stopping

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """End `run` within a fraction of a second."""
        self._stopping = True

    def run(self) -> None:
        """Hold and hand out until `stop`. Raises `OSError` when somebody else keeps the address."""
        listener = self._take_address()
        if listener is None:
            return
        with listener, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
            self._open(door)
            self._listener = listener
            log.info("holding", port=listener.getsockname()[1])
            while not self._stopping:
                for key, _ in self._selector.select(0.2):
                    if key.fileobj is door:
                        self._hand_over(door.accept()[0], listener)
                    else:
                        self._forget(key.fileobj)  # type: ignore[arg-type]
            for key in list(self._selector.get_map().values()):
                self._forget(key.fileobj)  # type: ignore[arg-type]
        self._path.unlink(missing_ok=True)

    def _take_address(self) -> socket.socket | None:
        until = time.monotonic() + OLD_GATEWAYS
        while not self._stopping:
            try:
                return listen(self._address, self._backlog)
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
        return None

    def _open(self, door: socket.socket) -> None:
        self._path.unlink(missing_ok=True)
        with short(self._path) as name:
            door.bind(name)
        self._path.chmod(0o600)
        door.listen()
        self._selector.register(door, selectors.EVENT_READ)

    def _hand_over(self, line: socket.socket, listener: socket.socket) -> None:
        """Give a gateway the socket. The line stays open: its end tells the gateway of ours, and us of its."""
        try:
            socket.send_fds(line, [b"."], [listener.fileno()])
        except OSError:
            line.close()
            return
        self._selector.register(line, selectors.EVENT_READ)
        log.info("handed_over")

    def _forget(self, line: socket.socket) -> None:
        self._selector.unregister(line)
        line.close()


def main() -> int:
    """Run until SIGTERM or SIGINT. The exit code is 0 after a clean stop, 1 when the address is taken."""
    config = settings()
    configure("gateway", "entrance", config.log_format)
    entrance = Entrance(config.http_address, Path(config.http_entrance), config.http_backlog)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, entrance.stop)
    try:
        server = health.serve(config.metrics_host, config.metrics_port, lambda: {"listening": entrance.ready()})
        entrance.run()
    except OSError as error:
        log.error("could_not_start", reason=error.strerror or type(error).__name__)
        return 1
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
