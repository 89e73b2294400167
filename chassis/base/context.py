"""Who acts, on whose behalf, under which request: the allow-list of what travels with a call."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from chassis.base.ids import new_id
from contracts.errors import Language

SCOPE_KINDS = ("school", "point", "course", "tutor", "student", "own", "system")
"""Kinds of row scope, each a database role `<service>_<kind>`; `own` sees rows of the acting user alone."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows an actor sees: a kind and the identifiers of the points, courses or students it covers."""

    kind: str
    ids: tuple[UUID, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in SCOPE_KINDS:
            raise ValueError(f"unknown scope kind {self.kind!r}")


SYSTEM_SCOPE = Scope("system")


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in person, or the system itself (no `user_id`)."""

    user_id: UUID | None = None
    name: str = "system"
    teaching_point_id: UUID | None = None
    student_id: UUID | None = None
    session_id: UUID | None = None

    @property
    def is_system(self) -> bool:
        return self.user_id is None


SYSTEM = Actor()


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that a unit of work knows about its cause. `deadline` is in epoch seconds.

    `held` are the actor's permissions and their scopes, sent where rows are judged by the permission that made them
    (tasks); None where the sender does not say.
    """

    actor: Actor = SYSTEM
    scope: Scope = SYSTEM_SCOPE
    permission: str | None = None
    correlation_id: UUID = field(default_factory=new_id)
    causation_id: UUID | None = None
    idempotency_key: str | None = None
    deadline: float | None = None
    client: str | None = None
    language: Language = "zh"
    held: Mapping[str, Scope] | None = None

    def as_system(self) -> Context:
        """The same cause and actor, seeing all rows: for commands that run before or beside row scope."""
        return replace(self, scope=SYSTEM_SCOPE)

    def within(self, seconds: float) -> Context:
        """The same with a deadline so many seconds from now."""
        return replace(self, deadline=time.time() + seconds)

    def seconds_left(self) -> float | None:
        """Seconds until the deadline (negative when past), or None without one."""
        return None if self.deadline is None else self.deadline - time.time()


def system_context(correlation_id: UUID | None = None, causation_id: UUID | None = None) -> Context:
    """The context of work that no person asked for: schedules, relays, reactions."""
    return Context(correlation_id=correlation_id or new_id(), causation_id=causation_id)


def to_wire(context: Context) -> dict[str, Any]:
    """The JSON form that travels with an RPC request."""
    actor = context.actor
    return {
        "actor": {
            "user_id": _text(actor.user_id),
            "name": actor.name,
            "teaching_point_id": _text(actor.teaching_point_id),
            "student_id": _text(actor.student_id),
            "session_id": _text(actor.session_id),
        },
        "scope": scope_to_wire(context.scope),
        "permission": context.permission,
        "correlation_id": str(context.correlation_id),
        "idempotency_key": context.idempotency_key,
        "deadline": context.deadline,
        "client": context.client,
        "language": context.language,
        "held": None if context.held is None else {name: scope_to_wire(s) for name, s in context.held.items()},
    }


def from_wire(wire: dict[str, Any]) -> Context:
    """The context of a received request. Raises KeyError or ValueError when it was not made by `to_wire`."""
    actor = wire["actor"]
    held = wire["held"]
    return Context(
        actor=Actor(
            user_id=_uuid(actor["user_id"]),
            name=actor["name"],
            teaching_point_id=_uuid(actor["teaching_point_id"]),
            student_id=_uuid(actor["student_id"]),
            session_id=_uuid(actor["session_id"]),
        ),
        scope=scope_from_wire(wire["scope"]),
        permission=wire["permission"],
        correlation_id=UUID(wire["correlation_id"]),
        idempotency_key=wire["idempotency_key"],
        deadline=wire["deadline"],
        client=wire["client"],
        language="en" if wire["language"] == "en" else "zh",
        held=None if held is None else {name: scope_from_wire(scope) for name, scope in held.items()},
    )


def scope_to_wire(scope: Scope) -> dict[str, Any]:
    """The JSON form of a scope."""
    return {"kind": scope.kind, "ids": [str(i) for i in scope.ids]}


def scope_from_wire(wire: Mapping[str, Any]) -> Scope:
    """The other way round."""
    return Scope(wire["kind"], tuple(UUID(i) for i in wire["ids"]))


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _uuid(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)
