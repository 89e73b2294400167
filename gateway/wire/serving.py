"""The server: accepts on a socket that it is given, looks after what is late, and stops in order."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from uvicorn import Config, Server

from chassis.running.logging import get_logger
from gateway.wire.limits import Connections, Limits
from gateway.wire.protocol import GuardedProtocol

log = get_logger(__name__)

_SWEEP_EVERY: Final = 0.5
"""Seconds."""
_LOOK_AGAIN: Final = 0.02
"""Seconds between two looks at the end, whether all have left."""


class WireConfig(Config):
    """uvicorn's, with what connections know in common; its log is silent, for it quotes requests."""

    def __init__(self, app: Any, limits: Limits, trusted: Callable[[str], bool]) -> None:
        super().__init__(
            app,
            interface="asgi3",
            loop="uvloop",
            http=GuardedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=limits.keep_alive_seconds,
            backlog=limits.backlog,
        )
        self.limits = limits
        self.connections_open = Connections(limits, trusted)
        self.stopping = False


class WireServer(Server):
    """Runs in a loop that is there already: `await serve_on(socket)` until `stop` is called."""

    config: WireConfig

    def __init__(
        self,
        app: Any,
        limits: Limits,
        trusted: Callable[[str], bool] = lambda address: False,
        on_stop: Callable[[], None] = lambda: None,
    ) -> None:
        """`app` speaks ASGI, `trusted` tells a proxy of ours. `on_stop` is called when nobody is accepted any more: to
        end what would not end by itself."""
        super().__init__(WireConfig(app, limits, trusted))
        self._on_stop = on_stop

    async def serve_on(self, listener: socket.socket) -> None:
        """Accept and answer until `stop`; returns when all is answered, or after the limits' seconds."""
        sweeping = asyncio.create_task(self._sweep())
        try:
            await self._serve([listener])
        finally:
            sweeping.cancel()

    def stop(self) -> None:
        """Begin to end."""
        self.should_exit = True

    @property
    def accepting(self) -> bool:
        """Whether connections are accepted."""
        return self.started and not self.should_exit

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Not uvicorn's, which ends a kept connection in the moment in which its client may be sending a request."""
        limits, self.config.stopping = self.config.limits, True
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in self._connections():
            connection.shutdown()
        self._on_stop()
        await self._empty(limits.last_word_seconds)
        for connection in self._connections():
            connection.let_go()
        await self._empty(limits.drain_seconds)
        log.info("drained", left=len(self.server_state.connections))
        for connection in self._connections():
            connection.transport.abort()

    def _connections(self) -> list[GuardedProtocol]:
        return [each for each in self.server_state.connections if isinstance(each, GuardedProtocol)]

    async def _sweep(self) -> None:
        """Look after what is late, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_SWEEP_EVERY)
            for connection in self._connections():
                try:
                    connection.sweep(loop.time())
                except Exception:  # of one connection: the others are not ended by it
                    log.exception("sweep_failed")
                    connection.transport.abort()

    async def _empty(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.server_state.connections:
                    await asyncio.sleep(_LOOK_AGAIN)
