"""Bodies of requests: read to their end before anything is done, within a measure, and so many of one sender."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping
from typing import Any, Final

from falcon.asgi import BoundedStream, Request

from contracts.errors import ServiceError
from gateway.guards import Shares

Event = Mapping[str, Any]
"""As ASGI has it."""
READ_OF_ONE: Final = 64
"""Bodies of one user, or of one address, that are read at a time."""


class Bodies:
    """Reads them."""

    def __init__(self) -> None:
        self._reading = Shares(READ_OF_ONE, "rate_limited")

    async def read(self, req: Request, limit: int, who: Hashable) -> bytes:
        """The whole body. Raises ServiceError `body_too_large`, `rate_limited`, or `bad_request` where it ended before
        its end."""
        if (req.content_length or 0) > limit:
            raise ServiceError("body_too_large", limit=limit)
        with self._reading.one_of(who):
            return b"".join([chunk async for chunk in chunks_of(req, limit)])


async def chunks_of(req: Request, limit: int) -> AsyncIterator[bytes]:
    """The body piece by piece, to its very end. Raises ServiceError `body_too_large`, `bad_request`."""
    heard, size = _Heard(req._receive), 0
    async for chunk in BoundedStream(heard, req._first_event, req.content_length):
        size += len(chunk)
        if size > limit:
            raise ServiceError("body_too_large", limit=limit)
        yield chunk
    if heard.broke_off or size < (req.content_length or 0):
        raise ServiceError("bad_request")


class _Heard:
    """What the server tells of a request. Falcon's own stream of a body in chunks ends in the same way whether all has
    come or the rest never will: the client has gone, or was refused."""

    def __init__(self, receive: Callable[[], Awaitable[Event]]) -> None:
        self._receive = receive
        self.broke_off = False

    async def __call__(self) -> Event:
        event = await self._receive()
        self.broke_off = event["type"] == "http.disconnect"
        return event
