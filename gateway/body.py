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
    """The body piece by piece, to its very end. Raises ServiceError `body_too_large`, `bad_request`."""
    size = 0
    async for chunk in req.stream:
        size += len(chunk)
        if size > limit:
            raise ServiceError("body_too_large", limit=limit)
        yield chunk
    if req.content_length is not None and size < req.content_length:  # the client has gone
        raise ServiceError("bad_request")
