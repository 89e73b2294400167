"""Calls to services: through one guard per service, so that one in trouble stays alone with it."""

from collections.abc import Iterable
from typing import Any, Protocol

from chassis.base.context import Context
from contracts.base import Operation
from contracts.errors import ServiceError
from gateway.guards import ServiceGuard


class Backend(Protocol):
    """Whatever carries a call to its service and brings the answer: the bus, or a fake in tests."""

    async def call(self, operation: type[Operation], payload: dict[str, Any], context: Context) -> dict[str, Any]: ...


class Calls:
    """The services behind the gateway."""

    def __init__(self, backend: Backend, services: Iterable[str], in_flight: int = 64) -> None:
        self._backend = backend
        self.guards = {service: ServiceGuard(service, in_flight) for service in services}

    async def make(self, operation: type[Operation], payload: dict[str, Any], context: Context) -> dict[str, Any]:
        """The service's answer as JSON values. Raises `ServiceError`: the service's own refusal, or an outage."""
        left = context.seconds_left()
        if left is not None and left <= 0:
            raise ServiceError("deadline_exceeded")
        return await self.guards[operation.service].run(lambda: self._backend.call(operation, payload, context))
