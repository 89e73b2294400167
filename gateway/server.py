"""The web server: nameko's, with what it needs to stay up.

It survives running out of file descriptors, limits connections, times out slow clients, and stops in order: not ready,
no new connections, requests finished, streams ended. The socket is given to it, and others may accept from it too.
"""

import contextlib
import errno
import resource
import socket
from typing import Any

import eventlet
from eventlet import wsgi
from nameko.extensions import Entrypoint
from nameko.web.server import WebServer as NamekoWebServer

from chassis.running.logging import get_logger
from gateway.connection import Protocol, Server
from gateway.streams import Hub

log = get_logger(__name__)

LISTENER, APP, HUB = "GATEWAY_LISTENER", "GATEWAY_APP", "GATEWAY_HUB"  # keys of the container's configuration
FILES = 65_536  # file descriptors asked for
DRAIN = 20.0  # seconds that requests in flight may take at the end
MOST_CONNECTIONS = 4096
SPARE_FILES = 200  # descriptors left for everything that is not a client
LAST_WORD = 1.0  # seconds at the end in which who has just connected, or keeps a connection, may still send a request
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_PAUSE = 0.1  # seconds before accepting again when there was no descriptor
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def raise_file_limit() -> int:
    """As many file descriptors as the machine allows us, up to `FILES`. Returns how many that is, and warns where it is
    less than `MOST_CONNECTIONS` take: then fewer are served at a time."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    allowed = max(soft, wanted)
    if allowed < MOST_CONNECTIONS + SPARE_FILES:
        log.warning("few_file_descriptors", allowed=allowed, needed=MOST_CONNECTIONS + SPARE_FILES)
    return allowed


class WebServer(NamekoWebServer):  # type: ignore[misc]
    """Accepts connections, once it is told to, and lets the WSGI application of the configuration answer them."""

    def setup(self) -> None:
        self._listener: socket.socket | None = None
        self._connections: dict[int, list[Any]] = {}
        self._acceptor: Any = None
        self.draining = False
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most_connections = max(16, min(MOST_CONNECTIONS, soft - SPARE_FILES))

    def get_wsgi_app(self) -> Any:
        return self.container.config[APP]

    def start(self) -> None:
        if self._listener is not None:
            return
        self._listener = self.container.config[LISTENER]
        self._serv = Server(self, self._listener, self.get_wsgi_app())

    @property
    def accepting(self) -> bool:
        """Whether connections are accepted."""
        return self._acceptor is not None and not self.draining

    def accept(self) -> None:
        """Begin to accept connections. Who is there already waited in the socket's queue."""
        if self._listener is None or self.draining:
            return
        self._acceptor = self.container.spawn_managed_thread(self.run)
        log.info("listening", port=self._listener.getsockname()[1])

    def run(self) -> None:
        """Accept connections for as long as we are not stopping, whatever goes wrong with one of them."""
        assert self._listener is not None
        while not self.draining:
            try:
                connection, address = self._listener.accept()
            except OSError as error:
                if self.draining:
                    return
                log.warning("accept_failed", reason=errno.errorcode.get(error.errno or 0, "unknown"))
                if error.errno in _EXHAUSTED:
                    eventlet.sleep(_PAUSE)
                continue
            if len(self._connections) >= self._most_connections:
                _turn_away(connection)
                continue
            state = [address, connection, wsgi.STATE_IDLE]
            self._connections[id(state)] = state
            self.container.spawn_managed_thread(lambda state=state: self._serve(state), "connection")

    def _serve(self, state: list[Any]) -> None:
        try:
            state[1].settimeout(self._serv.socket_timeout)
            self._serv.process_request(state)
        except OSError:
            log.debug("connection_broken")
        except Exception:
            # An error here would end the whole container: nameko kills it for a managed thread that raises.
            log.exception("connection_failed")
        finally:
            self._connections.pop(id(state), None)
            state[1].close()

    def drain(self) -> None:
        """Stop in order. Returns when all requests are answered, or after `DRAIN` seconds."""
        if self.draining:
            return
        self.draining = True
        if self._acceptor is not None:
            self._acceptor.kill()
        if self._listener is not None:
            self._listener.close()
        hub: Hub = self.container.config[HUB]
        hub.close()
        with eventlet.Timeout(LAST_WORD, False):
            self._empty()
        for state in list(self._connections.values()):
            if state[2] is wsgi.STATE_IDLE:
                _end(state[1])
            else:
                state[2] = wsgi.STATE_CLOSE
        with eventlet.Timeout(DRAIN, False):
            self._empty()
        log.info("drained", left=len(self._connections))

    def _empty(self) -> None:
        while self._connections:
            eventlet.sleep(0.02)

    def stop(self) -> None:
        self.drain()

    def kill(self) -> None:
        self.draining = True


class Http(Entrypoint):  # type: ignore[misc]
    """The entrypoint through which the container owns the server: stopped first, while calls still work."""

    server = WebServer()

    def setup(self) -> None:
        self.server.register_provider(self)

    def stop(self) -> None:
        self.server.drain()
        self.server.unregister_provider(self)
        super().stop()


def _turn_away(connection: socket.socket) -> None:
    try:
        connection.settimeout(1)
        connection.sendall(_BUSY)
    except OSError:
        pass
    finally:
        connection.close()


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


__all__ = ["APP", "HUB", "LISTENER", "Http", "Protocol", "WebServer", "raise_file_limit"]
