"""The small HTTP server of every process: /metrics, /healthz (is it alive), /readyz (may it be given work).

Built on the standard library's threads and sockets, so it is the same server with eventlet's and without.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chassis.base import metrics
from chassis.running.logging import get_logger

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = get_logger(__name__)

Readiness = Callable[[], dict[str, bool]]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64

    def server_bind(self) -> None:
        # WSGIServer would look its own name up in the DNS, which can take many seconds where there is none.
        # A process that is restarted takes the port again at once, whatever connections its predecessor left.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        host, port = self.socket.getsockname()[:2]
        self.server_address = (host, port)
        self.server_name, self.server_port = str(host), int(port)
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.debug("health_client_gone")  # a client that hung up is nobody's error


class _Handler(WSGIRequestHandler):
    timeout = 10  # seconds: a client that sends nothing may not hold a thread for ever

    def log_message(self, format: str, *args: Any) -> None:
        """Probes come every few seconds; they are not logged."""


@dataclass(frozen=True)
class HealthServer:
    """A running server; `port` is the real one where 0 was asked for."""

    port: int
    _server: _Server
    _thread: threading.Thread

    def stop(self) -> None:
        """Close the port and wait until the server is gone."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def serve(host: str, port: int, readiness: Readiness) -> HealthServer:
    """Answer on `host`:`port` until stopped. Raises `OSError` when the port is taken.

    `readiness` gives name → whether that part is ready; when it raises, the process is not ready.
    """
    server = make_server(host, port, application(readiness), server_class=_Server, handler_class=_Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.2,), name="health", daemon=True)
    thread.start()
    return HealthServer(server.server_port, server, thread)


def application(readiness: Readiness) -> Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]:
    """The WSGI application behind `serve`."""

    def respond(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            status, kind, body = "405 Method Not Allowed", "text/plain", b"GET only\n"
        elif path == "/metrics":
            metrics.readiness(_check(readiness)[0])
            status, kind, body = "200 OK", CONTENT_TYPE_LATEST, generate_latest()
        elif path == "/healthz":
            status, kind, body = "200 OK", "text/plain", b"alive\n"
        elif path == "/readyz":
            ready, body = _check(readiness)
            status, kind = "200 OK" if ready else "503 Service Unavailable", "application/json"
        else:
            status, kind, body = "404 Not Found", "text/plain", b"/metrics /healthz /readyz\n"
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    return respond


def _check(readiness: Readiness) -> tuple[bool, bytes]:
    try:
        checks = readiness()
    except Exception:
        log.exception("readiness_check_failed")
        checks = {"readiness": False}
    ready = all(checks.values())
    return ready, json.dumps({"ready": ready, "checks": checks}).encode()
