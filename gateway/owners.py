"""Asking all services the same: at the same time, with little patience, and saying who did not answer."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
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

    async def ask_all(
        self,
        operation: type[Operation],
        payload: dict[str, Any],
        context_in: Callable[[str], Context],
        services: Iterable[str] | None = None,
    ) -> tuple[dict[str, dict[str, Any]], list[str]]:
        """The answers of all services, or of those named, each asked in its context; and who gave none, as one does
        that does not know the question yet."""

        async def ask(service: str) -> dict[str, Any] | None:
            context = context_in(service).within(PATIENCE)
            try:
                return await self.calls.make(of_service(service, operation), payload, context)
            except ServiceError:
                return None

        asked = tuple(self.services if services is None else services)
        answers = dict(zip(asked, await asyncio.gather(*map(ask, asked)), strict=True))
        given = {service: answer for service, answer in answers.items() if answer is not None}
        return given, [service for service, answer in answers.items() if answer is None]
