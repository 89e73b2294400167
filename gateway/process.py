"""The gateway as a process: what runs beside the server, when people are let in, and how it stops."""

import asyncio
import resource
import signal
import socket
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import uvloop

from chassis.running import hanging, health
from chassis.running.logging import get_logger
from gateway.listening import listen, take
from gateway.pages import App
from gateway.streams import Hub
from gateway.wire.limits import Limits
from gateway.wire.serving import WireServer

log = get_logger(__name__)

FILES = 65_536  # file descriptors asked for
SPARE_FILES = 200  # descriptors left for everything that is not a client
THREADS = 24  # for uploads, whose content is looked at and stored: some more than are taken in at a time
_SIGN_OF_LIFE = 1.0  # seconds between two
_READY_CHECK = 0.05  # seconds between two looks at the checks until they hold
LONGEST_WAIT = 20.0
"""Seconds for which nobody is accepted while a check does not hold. Who arrives waits for another gateway, or for this
one; after that they are answered, if only that it does not work, since clients don't wait for longer."""

Background = Callable[[], Coroutine[Any, Any, None]]
"""What runs beside the requests until it is cancelled."""


def raise_file_limit(connections: int) -> int:
    """As many file descriptors as the machine allows us, up to `FILES`. Returns how many connections they are enough
    for, and warns where those are fewer than wanted."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    allowed = max(soft, wanted)
    if allowed < connections + SPARE_FILES:
        log.warning("few_file_descriptors", allowed=allowed, needed=connections + SPARE_FILES)
    return max(16, min(connections, allowed - SPARE_FILES))


class GatewayProcess:
    """Start, readiness and stop of one gateway."""

    def __init__(
        self,
        app: App,
        hub: Hub,
        address: str,
        limits: Limits,
        *,
        trusted: Callable[[str], bool] = lambda peer: False,
        background: Sequence[Background] = (),
        checks: Mapping[str, Callable[[], bool]] | None = None,
        entrance: str = "",
        hung_after: int = 0,
    ) -> None:
        """A gateway that listens on `address`, or with the socket that the `entrance` at that path hands it.

        It accepts people when the `checks` hold to which what runs in `background` may bring it. When its loop hangs
        for `hung_after` seconds it is ended, unless they are 0.
        """
        self._checks = checks or {}
        self._hung_after = hung_after
        self._background = background
        self._address, self._backlog, self._entrance = address, limits.backlog, entrance
        self._server = WireServer(app, limits, trusted, hub.close)
        self._failed = False
        self._line: socket.socket | None = None

    def readiness(self) -> dict[str, bool]:
        """Whether requests should come here."""
        return {"http": self._server.accepting, **{name: check() for name, check in self._checks.items()}}

    def run(self, metrics_host: str, metrics_port: int) -> int:
        """Serve until SIGTERM or SIGINT. The exit code is 0 after a clean stop, 1 when what runs beside it failed.

        Raises `OSError` when a port is taken, or nobody is at the entrance.
        """
        loop = uvloop.new_event_loop()
        with self._listener() as listener:
            server = health.serve(metrics_host, metrics_port, self.readiness) if metrics_port else None
            # Not `uvloop.run`, which waits for threads that may wait for the object store.
            loop.run_until_complete(self._serve(listener))
        if server is not None:
            server.stop()
        return 1 if self._failed else 0

    async def _serve(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="uploads"))
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._server.stop)
        if self._line is not None:
            loop.add_reader(self._line, self._entrance_ended)
        beside = [asyncio.create_task(run()) for run in (self._go_on, *self._background)]
        for task in beside:
            task.add_done_callback(self._ended_beside)
        log.info("started")
        await self._until_ready()
        if not self._server.should_exit:
            log.info("listening", port=listener.getsockname()[1])
            await self._server.serve_on(listener)
        hanging.ends()
        log.info("stopping")
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)

    async def _go_on(self) -> None:
        while not self._server.should_exit:
            hanging.goes_on(self._hung_after)
            await asyncio.sleep(_SIGN_OF_LIFE)

    def _ended_beside(self, task: "asyncio.Task[None]") -> None:
        """Without what runs beside it a gateway is of no use: whoever watches over it starts another."""
        if not self._server.should_exit and (task.cancelled() or task.exception()):
            log.error("background_ended", exc_info=None if task.cancelled() else task.exception())
            self._failed = True
            self._server.stop()

    def _entrance_ended(self) -> None:
        """End when the entrance has: people then arrive at another socket than ours, or at none."""
        assert self._line is not None
        asyncio.get_running_loop().remove_reader(self._line)
        if not self._server.should_exit:
            log.warning("entrance_ended")
            self._server.stop()

    async def _until_ready(self) -> None:
        """Wait for the moment from which on people can be served."""
        until = time.monotonic() + LONGEST_WAIT
        while lacking := [name for name, check in self._checks.items() if not check()]:
            if self._server.should_exit:
                return
            if time.monotonic() > until:
                log.warning("accepting_although_not_ready", lacking=lacking)
                return
            await asyncio.sleep(_READY_CHECK)

    def _listener(self) -> socket.socket:
        if not self._entrance:
            return listen(self._address, self._backlog)
        listener, self._line = take(Path(self._entrance))
        return listener
