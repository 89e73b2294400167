"""Live updates by server-sent events (WHATWG HTML §9.2). Hints only: whoever misses one reads the object itself.

A stream lives no longer than the token it was opened with; the client comes back with a fresh one and the
`Last-Event-ID` it saw, and is told what changed meanwhile by the owners.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

import orjson
from falcon.asgi import Request, Response

from contracts.base import Query, View
from contracts.errors import ServiceError
from gateway.door import Access, Door
from gateway.route import SIGNED_IN, get
from gateway.tokens import Principal, Tokens
from gateway.wire.leaving import LEFT, event_of

MEDIA_TYPE = "text/event-stream"
HEARTBEAT = 15.0  # seconds: keeps proxies from closing, and notices clients that went away
RECONNECT = 2000  # milliseconds after which a client whose stream was ended comes back
_WAITING = 100  # hints a slow reader may be behind


@dataclass(frozen=True, slots=True)
class Hint:
    """Something the user may want to look at again. `id` is an instant in ISO 8601, so that it tells the order."""

    event: str
    data: dict[str, Any]
    id: str = field(default_factory=lambda: datetime.now(UTC).isoformat())

    def encoded(self) -> bytes:
        return b"event: %b\nid: %b\ndata: %b\n\n" % (self.event.encode(), self.id.encode(), orjson.dumps(self.data))


class Subscription:
    """One open stream's queue, and who reads it."""

    def __init__(self, reader: Principal) -> None:
        self.reader = reader
        # A queue of the library's takes 3 kB, and there are thousands.
        self._hints: list[Hint | None] = []
        self._waking: asyncio.Future[None] | None = None

    def put(self, hint: Hint | None) -> None:
        """Add a hint; None ends the stream. Of a reader who is far behind the oldest hints are dropped."""
        while hint is not None and len(self._hints) >= _WAITING:
            self._hints.pop(0)
        self._hints.append(hint)
        if self._waking is not None and not self._waking.done():
            self._waking.set_result(None)

    async def next(self, timeout: float) -> Hint | None:
        """The next hint, or None at the end. Raises `TimeoutError` after `timeout` seconds."""
        if not self._hints:
            self._waking = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(timeout):
                    await self._waking
            finally:
                self._waking = None
        return self._hints.pop(0)


class Hub:
    """All open streams of this gateway, by user."""

    def __init__(self, streams: int = 2000, per_user: int = 5) -> None:
        self._limit = streams
        self._per_user = per_user
        self._streams: dict[UUID, list[Subscription]] = {}
        self._closing = False

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(map(len, self._streams.values()))

    def subscribe(self, reader: Principal) -> Subscription:
        """Open a stream. Raises `overloaded` or `too_many_streams`."""
        if self._closing or self.count >= self._limit:
            raise ServiceError("overloaded", retry_after=RECONNECT // 1000)
        theirs = self._streams.get(reader.user_id, [])
        if len(theirs) >= self._per_user:
            raise ServiceError("too_many_streams", limit=self._per_user)
        subscription = Subscription(reader)
        self._streams[reader.user_id] = [*theirs, subscription]
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Close a stream; again is harmless."""
        user_id = subscription.reader.user_id
        if others := [each for each in self._streams.pop(user_id, ()) if each is not subscription]:
            self._streams[user_id] = others

    def is_watching(self, user_id: UUID) -> bool:
        """Whether the user has a stream open."""
        return user_id in self._streams

    def publish(self, user_id: UUID, hint: Hint) -> None:
        """Tell every stream of a user."""
        for subscription in self._streams.get(user_id, ()):
            subscription.put(hint)

    def all(self) -> list[Subscription]:
        """Every open stream."""
        return [stream for streams in self._streams.values() for stream in streams]

    def close(self) -> None:
        """End all streams, and open no more."""
        self._closing = True
        for subscription in self.all():
            subscription.put(None)


Beginning = Callable[[Access, str | None], AsyncIterator[Hint]]
"""Asks the owners what a stream begins with; the text is the id of the last hint that its reader saw."""


class EventStream:
    """The body of an answer that goes on: bytes as they come, until the token ends or `left` is set."""

    def __init__(
        self,
        hub: Hub,
        subscription: Subscription,
        missed: Sequence[Hint],
        still_good: Callable[[], Awaitable[bool]],
        left: asyncio.Event,
    ) -> None:
        self._hub = hub
        self._subscription = subscription
        self._missed = missed
        self._still_good = still_good
        self._leaving = asyncio.create_task(self._end_when(left))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"retry: %d\n\n" % RECONNECT
        for missed in self._missed:
            yield missed.encoded()
        # Looked at after the wait: who was shut out meanwhile is told nothing more.
        while (next_one := await self._next()) is not None and await self._still_good():
            yield next_one
        yield b"retry: %d\n\n" % RECONNECT

    async def _next(self) -> bytes | None:
        try:
            hint = await self._subscription.next(HEARTBEAT)
        except TimeoutError:
            return b": still here\n\n"
        return hint.encoded() if hint is not None else None

    async def _end_when(self, left: asyncio.Event) -> None:
        await left.wait()
        self._subscription.put(None)

    async def close(self) -> None:
        """Called by the server however the answer ended."""
        self._hub.unsubscribe(self._subscription)
        self._leaving.cancel()


async def _still_good(tokens: Tokens, authorization: str | None) -> bool:
    """Whether a stream's token still counts."""
    try:
        await tokens.principal(authorization)
    except ServiceError:
        return False
    return True


class WatchEvents(Query, answers=View, service="gateway"):
    """Live hints (server-sent events), which tell what to look at again: progress of tasks (`task`), new notices
    (`notices`), what waits for the user (`to_do`, when it has changed). A stream begins with the running tasks, with
    how many notices are unread (`unread_notices`) and with `to_do`. After a break send `Last-Event-ID` to hear of the
    tasks that ended meanwhile.

    Refused: `too_many_streams`.
    """


EVENTS = get("/events", WatchEvents, SIGNED_IN)


class EventsResource:
    """`GET /events`."""

    def __init__(self, hub: Hub, door: Door, beginnings: Sequence[Beginning], tokens: Tokens) -> None:
        self._hub = hub
        self._door = door
        self._beginnings = beginnings
        self._tokens = tokens

    async def on_get(self, req: Request, resp: Response) -> None:
        """Open a stream of hints for the signed-in user."""
        access = await self._door.grant(EVENTS, req)
        assert access.principal is not None  # the route needs a sign-in
        subscription = self._hub.subscribe(access.principal)
        last_id = req.get_header("Last-Event-ID")
        try:
            missed = [hint for each in self._beginnings async for hint in each(access, last_id)]
        except BaseException:
            self._hub.unsubscribe(subscription)
            raise
        resp.content_type = MEDIA_TYPE
        resp.set_header("X-Accel-Buffering", "no")  # a proxy in front must pass each hint on
        good = partial(_still_good, self._tokens, req.get_header("Authorization"))
        stream = EventStream(self._hub, subscription, missed, good, event_of(req.scope, LEFT))
        resp.stream = cast(AsyncIterator[bytes], stream)
