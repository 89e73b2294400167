"""Asking all services the same: at the same time, with little patience, and saying who did not answer."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from chassis.base.context import Context
from contracts.base import Operation
from contracts.common import of_service
from contracts.errors import ServiceError
from gateway.calls import Calls

PATIENCE = 1.0  # seconds that the owners have to answer


class Owners:
    """The services that each own a part of what is asked."""

    def __init__(self, calls: Calls, services: Sequence[str]) -> None:
        self.calls = calls
        self.services = tuple(services)
        self._pool = ThreadPoolExecutor(4 * max(1, len(self.services)), thread_name_prefix="owners")

    def ask_all(
        self,
        operation: type[Operation],
        payload: dict[str, Any],
        context_in: Callable[[str], Context],
        services: Iterable[str] | None = None,
    ) -> tuple[dict[str, dict[str, Any]], list[str]]:
        """The answers of all services, or of those named, each asked in its context; and who gave none, as one does
        that does not know the question yet."""
        until = time.time() + PATIENCE
        asked = {
            service: self._pool.submit(
                self.calls.make,
                of_service(service, operation),
                payload,
                replace(context_in(service), deadline=until),
            )
            for service in (self.services if services is None else services)
        }
        answers, unanswered = {}, []
        for service, answer in asked.items():
            try:
                answers[service] = answer.result(timeout=max(0.0, until - time.time()))
            except (ServiceError, TimeoutError):
                unanswered.append(service)
        return answers, unanswered
