"""What the server and its connections know in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from uvicorn import Config

from gateway.wire.expecting import Expecting
from gateway.wire.limits import Connections, Limits


class WireConfig(Config):
    """uvicorn's, with our limits; its log is silent, for it quotes requests."""

    def __init__(self, app: Any, limits: Limits, trusted: Callable[[str], bool] = lambda address: False) -> None:
        super().__init__(
            Expecting(app),
            interface="asgi3",
            loop="uvloop",
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
