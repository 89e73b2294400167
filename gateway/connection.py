"""One HTTP connection: eventlet's protocol, made patient only with those who deserve it.

A client gets so many seconds to send a head, and its body has to arrive at a pace: otherwise a few slow senders would
hold everything. Nothing of a request is logged here, neither its line nor its headers.
"""

import errno
import socket
from typing import TYPE_CHECKING, Any

import eventlet
from eventlet import wsgi
from eventlet.timeout import Timeout

from chassis.running.logging import get_logger
from gateway.framing import Chunks, HeaderLines, NotHttpError, check_length

if TYPE_CHECKING:
    from gateway.server import WebServer

log = get_logger(__name__)

KEEP_ALIVE = 30.0  # seconds that an idle connection is kept
HEAD = 10.0  # seconds for the request line's rest and all headers
BODY = 20.0  # seconds that any body may take, and …
BODY_PACE = 16 * 1024  # … one more for each so many bytes that have arrived
SEND = 20.0  # seconds without any progress in sending
_DISCARDED = 1024 * 1024  # bytes of an unwanted body read so that the client sees its answer before the end

_HARMLESS = frozenset({errno.EPIPE, errno.ECONNRESET, errno.ESHUTDOWN, errno.EBADF, errno.ENOTCONN})


class PacedReader:
    """The body's bytes, as long as they come fast enough. Raises `TimeoutError` when they don't."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._allowed = BODY

    def read(self, size: int = -1) -> bytes:
        return self._paced(self._file.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._paced(self._file.readline, size)

    def _paced(self, read: Any, size: int) -> bytes:
        started = eventlet.hubs.get_hub().clock()
        with Timeout(max(self._allowed, 0.001), TimeoutError("slow body")):
            data: bytes = read(size)
        self._allowed += len(data) / BODY_PACE - (eventlet.hubs.get_hub().clock() - started)
        return data


class Protocol(wsgi.HttpProtocol):  # type: ignore[misc]
    """Reads requests from one connection until it ends."""

    server: "Server"
    rfile: Any

    def setup(self) -> None:
        super().setup()
        self._plain_rfile = self.rfile
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def _read_request_line(self) -> Any:
        self.rfile = self._plain_rfile
        with Timeout(KEEP_ALIVE, False):
            return super()._read_request_line()
        return b""

    def parse_request(self) -> bool:
        with Timeout(HEAD, False):
            parsed = self._parse_strictly()
            if self.server.web.draining:
                self.close_connection = True
            return parsed
        self.close_connection = True
        return False

    def _parse_strictly(self) -> bool:
        self.rfile = HeaderLines(self.rfile)
        try:
            parsed = bool(super().parse_request())
            if parsed:
                check_length(self.headers, self.request_version)
            return parsed
        except NotHttpError:
            self.send_error(400)
            return False

    def get_environ(self) -> dict[str, Any]:
        self.rfile = PacedReader(self._plain_rfile)
        environ: dict[str, Any] = super().get_environ()
        if "content-type" not in self.headers:
            environ["CONTENT_TYPE"] = ""  # eventlet would say text/plain
        if environ["wsgi.input"].chunked_input:
            environ["wsgi.input"].rfile = Chunks(self.rfile)
        environ["wsgi.input"].discard = lambda: self._discard(environ["wsgi.input"])
        return environ

    def _discard(self, body: Any) -> None:
        left = _DISCARDED
        while left > 0 and (data := body.read(min(left, 64 * 1024))):
            left -= len(data)
        if left <= 0:
            self.close_connection = True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The standard library's page would quote the request, as HTML without any of our headers."""
        self.wfile.write(b"HTTP/1.1 %d Not HTTP\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % int(code))
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """The standard library's line would hold the request's address and query."""

    def finish(self) -> None:
        self.rfile = self._plain_rfile  # the socket stays open for as long as its file does
        try:
            super().finish()
        except OSError as error:
            if error.errno not in _HARMLESS:
                raise


class Server(wsgi.Server):  # type: ignore[misc]
    """eventlet's WSGI server for one listening socket."""

    def __init__(self, web: "WebServer", listener: socket.socket, app: Any) -> None:
        super().__init__(
            listener,
            listener.getsockname(),
            _spelled(app),
            log=_Log(),
            protocol=Protocol,
            minimum_chunk_size=1,  # each piece of a stream goes out when it is made
            log_x_forwarded_for=False,
            keepalive=KEEP_ALIVE,
            log_output=True,
            log_format="",
            debug=False,
            socket_timeout=SEND,
        )
        self.capitalize_response_headers = False  # header names know no case; it costs time on every answer
        self.web = web


def _spelled(app: Any) -> Any:
    """The application with the one header name spelled as eventlet looks for it, lest it adds a second."""

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            spelled = [
                ("Content-Length", value) if name == "content-length" else (name, value) for name, value in headers
            ]
            return start_response(status, spelled, exc_info)

        return app(environ, start)

    return application


class _Log:
    """What eventlet reports of a connection, without what it quotes."""

    def info(self, message: str, *args: Any) -> None:
        if message:
            log.warning("answer_broken_off")

    def debug(self, message: str, *args: Any) -> None: ...

    def error(self, message: str, *args: Any) -> None:
        log.info("body_broken_off")
