"""By which right something was allowed: kept with what came of it, and compared when somebody asks for that again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.base.context import Context, Scope, scope_to_wire

Kept = Mapping[str, Any]
"""Rights as JSON: `permission`, `scope` (kind and ids), and `held`, permission → scope, where several counted."""


def rights_of(context: Context) -> dict[str, Any]:
    """What a request is allowed by, as it is kept."""
    held = context.held
    return {
        "permission": context.permission,
        "scope": scope_to_wire(context.scope),
        "held": None if held is None else {name: scope_to_wire(scope) for name, scope in held.items()},
    }


def still_allowed(context: Context, kept: Kept | None) -> bool:
    """Whether a request is allowed by no less than what is kept: the same permission over the same kind of scope, with
    every id that was covered then. Rights that nobody kept (an answer older than they are) are nobody's."""
    if kept is None or kept["permission"] != context.permission or not _covers(context.scope, kept["scope"]):
        return False
    if kept["held"] is None or context.held is None:
        return kept["held"] is None and context.held is None
    held = context.held
    return all(name in held and _covers(held[name], scope) for name, scope in kept["held"].items())


def _covers(scope: Scope, kept: Mapping[str, Any]) -> bool:
    return scope.kind == kept["kind"] and set(kept["ids"]) <= {str(id_) for id_ in scope.ids}
