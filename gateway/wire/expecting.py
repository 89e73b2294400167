"""Who says `Expect: 100-continue` is told whether to send a body by who looks at the request (RFC 9110, 10.1.1).

Falcon asks for the beginning of the body before it looks, and the server takes that for the wish to have it: 64 MB
would come to be refused.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uvicorn._types import (
        ASGI3Application,
        ASGIReceiveCallable,
        ASGIReceiveEvent,
        ASGISendCallable,
        ASGISendEvent,
        Scope,
    )


class Expecting:
    """The application, which is given no body for which it has not asked."""

    def __init__(self, app: ASGI3Application) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> Awaitable[None]:
        if scope["type"] == "http" and any(name == b"expect" for name, _ in scope["headers"]):
            waiting = _Waiting(receive, send)
            receive, send = waiting.receive, waiting.send
        return self._app(scope, receive, send)


class _Waiting:
    """A client that waits. Where it is answered without a word, what comes next may be its body or another request: it
    is told that the connection ends."""

    def __init__(self, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        self._receive, self._send = receive, send
        self._looked_at = self._wanted = False

    async def receive(self) -> ASGIReceiveEvent:
        if not self._looked_at:
            self._looked_at = True
            return {"type": "http.request", "body": b"", "more_body": True}
        self._wanted = True
        return await self._receive()

    async def send(self, event: ASGISendEvent) -> None:
        if event["type"] == "http.response.start" and not self._wanted:
            event = {**event, "headers": [*event["headers"], (b"connection", b"close")]}
        await self._send(event)
