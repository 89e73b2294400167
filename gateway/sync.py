"""Asks identity every few seconds whose tokens count: what an event may have missed is known soon after, and so is
which keys sign."""

import threading
import time
from collections.abc import Callable, Sequence
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
    """A thread that asks until stopped, and at once when woken."""

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
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="revocation_sync", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wake(self) -> None:
        """Ask now."""
        self._woken.set()

    def stop(self) -> None:
        """End the thread."""
        self._stopping = True
        self._woken.set()
        self._thread.join(5)

    def ask(self) -> None:
        """Ask once. Raises `ServiceError` when identity does not answer."""
        context = Context(deadline=time.time() + _PATIENCE)
        payload = {"since": self._since.isoformat()}
        answer = Revocations.model_validate(self._backend.call(ListRevocations, payload, context))
        if answer.token_keys:
            self._trust(answer.token_keys)
        self._revocations.apply(answer.items)
        self._revocations.complete = True
        self._revocations.forget_old()
        self._since = answer.as_of

    def _run(self) -> None:
        failing = False
        while not self._stopping:
            self._woken.clear()
            try:
                self.ask()
                failing = False
            except (ServiceError, ValidationError) as error:
                if not failing:
                    log.warning("revocations_not_answered", code=getattr(error, "code", type(error).__name__))
                failing = True
            except Exception:
                log.exception("revocations_failed")
            self._woken.wait(self._every if self._revocations.complete else min(_AT_FIRST, self._every))
