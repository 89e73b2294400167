"""Limits inside the gateway: what would pile up is refused at once, with the time after which to come back."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from contracts.errors import ServiceError

Answer = TypeVar("Answer")

_OUTAGES = frozenset({"service_unavailable", "deadline_exceeded"})


class Slots:
    """A counted room: at most `limit` inside, nobody waits at the door."""

    def __init__(self, limit: int, retry_after: int = 1) -> None:
        self.limit = limit
        self.taken = 0
        self._retry_after = retry_after

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold a place inside the block. Raises `ServiceError("overloaded")` when there is none."""
        if self.taken >= self.limit:
            raise ServiceError("overloaded", retry_after=self._retry_after)
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1


class Shares:
    """What one user, or one address, may have of something at a time, so that nobody has all of it."""

    def __init__(self, limit: int, code: str = "too_many_transfers") -> None:
        """Beyond `limit` refused with `code`."""
        self._limit = limit
        self._code = code
        self._taken: Counter[Hashable] = Counter()

    @contextmanager
    def one_of(self, who: Hashable) -> Iterator[None]:
        """Hold one inside the block. Raises `ServiceError` when they have all that they may have."""
        if self._taken[who] >= self._limit:
            raise ServiceError(self._code, limit=self._limit, retry_after=1)
        self._taken[who] += 1
        try:
            yield
        finally:
            self._taken[who] -= 1
            if not self._taken[who]:
                del self._taken[who]


class Places:
    """Requests that are worked on: so many at a time, and so many of one user or address. Who is not wholly there, or
    not known, has none."""

    def __init__(self, limit: int = 200, of_one: int = 50) -> None:
        self._slots = Slots(limit)
        self._shares = Shares(of_one, "rate_limited")

    @contextmanager
    def one_of(self, who: Hashable) -> Iterator[None]:
        """Hold a place inside the block. Raises `ServiceError` `overloaded`, or `rate_limited` when it is theirs that
        are taken."""
        with self._shares.one_of(who), self._slots.one():
            yield


class ServiceGuard:
    """Calls to one service: at most `limit` at a time, and none for a while after `failures` outages in a row.

    After `pause` seconds one call is let through as a trial; its outcome decides for the others. So one slow or dead
    service answers 503 at once, and never takes the gateway's other places.
    """

    def __init__(
        self,
        service: str,
        limit: int = 64,
        failures: int = 5,
        pause: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.service = service
        self.places = Slots(limit)
        self._failures_allowed = failures
        self._pause = pause
        self._clock = clock
        self._failures = 0
        self._open_until: float | None = None
        self._trial_running = False

    async def run(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Make the call if it may be made. Raises `ServiceError` `overloaded` or `service_unavailable` when not."""
        with self.places.one():
            is_trial = self._admit()
            failed = True
            try:
                answer = await call()
                failed = False
                return answer
            except ServiceError as error:
                failed = error.code in _OUTAGES
                raise
            finally:
                self._leave(is_trial, failed)

    def _admit(self) -> bool:
        """Whether it is the trial."""
        if self._open_until is None:
            return False
        wait = self._open_until - self._clock()
        if wait > 0 or self._trial_running:
            raise ServiceError("service_unavailable", service=self.service, retry_after=max(1, round(wait)))
        self._trial_running = True
        return True

    def _leave(self, is_trial: bool, failed: bool) -> None:
        if is_trial:
            self._trial_running = False
        self._failures = self._failures + 1 if failed else 0
        if not failed:
            self._open_until = None
        elif is_trial or self._failures >= self._failures_allowed:
            self._open_until = self._clock() + self._pause
