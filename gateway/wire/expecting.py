"""Who says `Expect: 100-continue` is told whether to send a body by who looks at the request (RFC 9110, 10.1.1).

Falcon asks for the beginning of the body before it looks, and the server takes that for the wish to have it: 64 MB
would come to be refused.
"""

from __future__ import annotations

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


def expecting(app: ASGI3Application) -> ASGI3Application:
    """The application for a client that waits: it is given no body until it asks for a second time. Where it answers
    before, what comes next may be the body or another request: the client is told that the connection ends."""

    async def run(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        asked = 0

        async def receive_what_is_wanted() -> ASGIReceiveEvent:
            nonlocal asked
            asked += 1
            return await receive() if asked > 1 else {"type": "http.request", "body": b"", "more_body": True}

        async def send_the_end(event: ASGISendEvent) -> None:
            if event["type"] == "http.response.start" and asked <= 1:
                event = {**event, "headers": [*event["headers"], (b"connection", b"close")]}
            await send(event)

        await app(scope, receive_what_is_wanted, send_the_end)

    return run
