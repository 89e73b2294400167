"""The gateway as a process: a container with the web server, stopped in order by SIGTERM."""

import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import falcon
from nameko.containers import ServiceContainer

from chassis.running import health
from chassis.running.logging import get_logger
from gateway.listening import Handed, listen, take
from gateway.server import APP, HUB, LISTENER, Http, WebServer, raise_file_limit
from gateway.streams import Hub

log = get_logger(__name__)

_SIGNAL_CHECK = 0.2  # seconds: a signal only sets a flag, which is looked at this often
_READY_CHECK = 0.05  # seconds between two looks at the checks until they hold
LONGEST_WAIT = 20.0
"""Seconds for which nobody is accepted while a check does not hold. Who arrives waits for another gateway, or for this
one; after that they are answered, if only that it does not work, since clients don't wait for longer."""


class WebService:
    """A nameko service with HTTP and nothing else."""

    name = "gateway"

    @Http.decorator  # type: ignore[untyped-decorator]
    def serve(self) -> None:
        """Never called: the entrypoint hands requests to the WSGI application."""


class Background(Protocol):
    """A thread that runs beside the requests."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


class GatewayProcess:
    """Start, readiness and stop of one gateway."""

    def __init__(
        self,
        app: falcon.App[falcon.Request, falcon.Response],
        hub: Hub,
        address: str,
        service: type[Any] = WebService,
        config: dict[str, Any] | None = None,
        background: Sequence[Background] = (),
        checks: Mapping[str, Callable[[], bool]] | None = None,
        entrance: str = "",
    ) -> None:
        """A gateway that listens on `address`, or with the socket that the `entrance` at that path hands it.

        It accepts people when the `checks` hold to which the threads in `background` may bring it.
        """
        raise_file_limit()
        self._checks = checks or {}
        self._background = background
        self._address, self._entrance = address, entrance
        self.container = ServiceContainer(service, {**(config or {}), APP: app, HUB: hub})
        self._stopping = threading.Event()
        self._died = False

    @property
    def web(self) -> WebServer:
        """The web server inside."""
        return next(extension for extension in self.container.extensions if isinstance(extension, WebServer))

    def readiness(self) -> dict[str, bool]:
        """Whether requests should come here."""
        serving = self.web.accepting and not self._stopping.is_set()
        return {"http": serving, **{name: check() for name, check in self._checks.items()}}

    def run(self, metrics_host: str, metrics_port: int) -> int:
        """Serve until SIGTERM or SIGINT. The exit code is 0 after a clean stop, 1 when the container died.

        Raises `OSError` when a port is taken, or nobody is at the entrance.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        server = health.serve(metrics_host, metrics_port, self.readiness) if metrics_port else None
        self.container.config[LISTENER] = self._listener()
        self.container.start()
        threading.Thread(target=self._watch, name="container", daemon=True).start()
        for thread in self._background:
            thread.start()
        self._open()
        log.info("started")
        while not self._stopping.wait(_SIGNAL_CHECK):
            pass
        log.info("stopping")
        self.container.stop()
        for thread in self._background:
            thread.stop()
        if server is not None:
            server.stop()
        return 1 if self._died else 0

    def _open(self) -> None:
        """Accept people from the moment on in which they can be served."""
        until = time.monotonic() + LONGEST_WAIT
        while lacking := [name for name, check in self._checks.items() if not check()]:
            if self._stopping.wait(_READY_CHECK):
                return
            if time.monotonic() > until:
                log.warning("accepting_although_not_ready", lacking=lacking)
                break
        self.web.accept()

    def _listener(self) -> socket.socket:
        if not self._entrance:
            return listen(self._address)
        handed = take(Path(self._entrance))
        threading.Thread(target=self._stay_with, args=(handed,), name="entrance", daemon=True).start()
        return handed.listener

    def _stay_with(self, handed: Handed) -> None:
        """End when the entrance has: people then arrive at another socket than ours, or at none."""
        with suppress(OSError):
            handed.line.recv(1)
        if not self._stopping.is_set():
            log.warning("entrance_ended")
            self._stopping.set()

    def _watch(self) -> None:
        try:
            self.container.wait()
        except Exception:
            log.exception("container_died")
            self._died = True
        self._stopping.set()
