"""Asks identity every few seconds whose tokens count: what an event may have missed is known soon after, and so is
which keys sign."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from chassis.base.context import Context
from chassis.running.logging import get_logger
from contracts.errors import ServiceError
from contracts.identity.queries import ListRevocations
from contracts.identity.tokens import LONGEST_TRANSACTION, MAX_LIFETIME
from contracts.identity.views import Revocations
from gateway.calls import Backend
from gateway.revocations import RevocationList

log = get_logger(__name__)

_EVERY = 5.0  # seconds
_AT_FIRST = 0.5  # seconds between two questions until the first is answered: no token is good before
_PATIENCE = 3.0  # seconds for an answer


class RevocationSync:
    """Asks for as long as it runs, and at once when woken."""

    def __init__(
        self,
        backend: Backend,
        revocations: RevocationList,
        trust: Callable[[Sequence[str]], None],
        every: float = _EVERY,
    ) -> None:
        """`trust` is told the public keys whose signatures count."""
        self._backend = backend
        self._trust = trust
        self._revocations = revocations
        self._every = every
        self._since = datetime.now(UTC) - timedelta(seconds=MAX_LIFETIME + LONGEST_TRANSACTION)
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Ask now."""
        self._woken.set()

    async def ask(self) -> None:
        """Ask once. Raises `ServiceError` when identity does not answer."""
        context = Context().within(_PATIENCE)
        payload = {"since": self._since.isoformat()}
        answer = Revocations.model_validate(await self._backend.call(ListRevocations, payload, context))
        if answer.token_keys:
            self._trust(answer.token_keys)
        self._revocations.apply(answer.items)
        self._revocations.complete = True
        self._revocations.forget_old()
        self._since = answer.as_of

    async def run(self) -> None:
        """Ask until cancelled."""
        failing = False
        while True:
            self._woken.clear()
            try:
                await self.ask()
                failing = False
            except (ServiceError, ValidationError) as error:
                if not failing:
                    log.warning("revocations_not_answered", code=getattr(error, "code", type(error).__name__))
                failing = True
            except Exception:
                log.exception("revocations_failed")
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every if self._revocations.complete else min(_AT_FIRST, self._every)):
                    await self._woken.wait()
