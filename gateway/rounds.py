"""A task that looks after some things again and again, for as long as there are any."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from chassis.running.logging import get_logger

log = get_logger(__name__)

Key = TypeVar("Key")
Thing = TypeVar("Thing")


class Rounds(Generic[Key, Thing]):
    """Looks at each thing every so often until `look` says that it need not any more."""

    def __init__(self, name: str, look: Callable[[Key, Thing], Awaitable[bool]], every: float, most: int) -> None:
        """`every` is in seconds; beyond `most` things no more are taken on."""
        self._name = name
        self._look = look
        self._every = every
        self._most = most
        self._things: dict[Key, Thing] = {}
        self._running: asyncio.Task[None] | None = None

    def take_on(self, key: Key, thing: Thing) -> None:
        """Look after a thing from now on, in the place of the one that had its key."""
        if key in self._things or len(self._things) < self._most:
            self._things[key] = thing
        if self._things and (self._running is None or self._running.done()):
            self._running = asyncio.create_task(self._run(), name=self._name)

    async def _run(self) -> None:
        while self._things:
            await asyncio.sleep(self._every)
            for key, thing in list(self._things.items()):
                if not await self._look_at(key, thing) and self._things.get(key) is thing:
                    del self._things[key]  # unless another has taken its place meanwhile

    async def _look_at(self, key: Key, thing: Thing) -> bool:
        try:
            return await self._look(key, thing)
        except Exception:
            log.exception("round_failed", name=self._name)
            return False
