"""Under which permission an operation is carried out: as the gateway's table of routes says."""

from __future__ import annotations

from contracts.base import Operation
from gateway.route import Access
from gateway.routes import ROUTES

_DEMANDED = {route.operation: route.permission for route in ROUTES}


def demanded(operation: type[Operation]) -> str | None:
    """The permission that the gateway demands of whoever sends this. None where it demands none: the route is public or
    everybody's own account, or the gateway asks by itself."""
    permission = _DEMANDED.get(operation)
    return None if isinstance(permission, Access) else permission
