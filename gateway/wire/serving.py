"""The server: accepts on a socket that it is given, looks after what is late, and stops in order."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from itertools import count
from typing import Final

from uvicorn import Server

from chassis.running.logging import get_logger
from gateway.wire.config import WireConfig
from gateway.wire.protocol import GuardedProtocol

log = get_logger(__name__)

_SWEEP_TICKS: Final = 5
"""Of uvicorn's loop, which ticks every tenth of a second."""
_LOOK_AGAIN: Final = 0.02
"""Seconds between two looks at the end, whether all have left."""
_SWEEP_LOOKS: Final = 25
"""Of those, so that it is as often as ever."""


class WireServer(Server):
    """Runs in a loop that is there already: `await serve_on(socket)` until `stop` is called."""

    config: WireConfig

    def __init__(self, config: WireConfig, on_stop: Callable[[], None] = lambda: None) -> None:
        """`on_stop` is called when nobody is accepted any more: to end what would not end by itself."""
        config.http = GuardedProtocol
        super().__init__(config)
        self._on_stop = on_stop

    async def serve_on(self, listener: socket.socket) -> None:
        """Accept and answer until `stop`; returns when all is answered, or after the limits' seconds."""
        await self._serve([listener])

    def stop(self) -> None:
        """Begin to end."""
        self.should_exit = True

    @property
    def accepting(self) -> bool:
        """Whether connections are accepted."""
        return self.started and not self.should_exit

    async def on_tick(self, counter: int) -> bool:
        if counter % _SWEEP_TICKS == 0:
            self._sweep()
        return await super().on_tick(counter)

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

    def _sweep(self) -> None:
        now = asyncio.get_running_loop().time()
        for connection in self._connections():
            try:
                connection.sweep(now)
            except Exception:  # of one connection: the others are not ended by it
                log.exception("sweep_failed")
                connection.transport.abort()

    async def _empty(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        looks = count()
        while self.server_state.connections and loop.time() < until:
            if next(looks) % _SWEEP_LOOKS == 0:
                self._sweep()
            await asyncio.sleep(_LOOK_AGAIN)
