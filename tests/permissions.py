"""Under which permission an operation is carried out: as the gateway's table of routes says."""

from __future__ import annotations

from dataclasses import replace

from chassis.base.context import Context, Scope
from contracts.base import Operation
from gateway.route import Access
from gateway.routes import ROUTES

_DEMANDED = {route.operation: route.permission for route in ROUTES}


def demanded(operation: type[Operation]) -> str | None:
    """The permission that the gateway demands of whoever sends this. None where it demands none: the route is public or
    everybody's own account, or the gateway asks by itself."""
    permission = _DEMANDED.get(operation)
    return None if isinstance(permission, Access) else permission


def looking(who: Context, for_: type[Operation]) -> Context:
    """Somebody as the gateway has them look for tasks that this operation starts: among those of the school or their
    point, or just their own."""
    wide = who.scope.kind in ("school", "point")
    scope = who.scope if wide else Scope("own", (who.actor.user_id,) if who.actor.user_id else ())
    return replace(who, scope=scope, held={str(demanded(for_)): who.scope if wide else Scope(who.scope.kind)})
