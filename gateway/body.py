"""Bodies of requests: read to their end before anything is done, within a measure, and so many of one sender."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable
from typing import Final

from falcon.asgi import Request

from contracts.errors import ServiceError
from gateway.guards import Shares

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
    """The body piece by piece, to its very end. Raises ServiceError `body_too_large`, `bad_request`.

    As ASGI tells it: Falcon's own stream ends in the same way whether all has come or the rest never will, since the
    client has gone or was refused."""
    event, size = req._first_event or await req._receive(), 0
    while event["type"] != "http.disconnect":
        chunk = event.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise ServiceError("body_too_large", limit=limit)
        yield chunk
        if not event.get("more_body", False):
            return
        event = await req._receive()
    raise ServiceError("bad_request")
