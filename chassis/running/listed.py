"""Tasks about all rows of a list: the list's own query with a command's filters, and whose such a task is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_type_hints
from uuid import UUID

from chassis.base.context import Scope
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import Command, PageQuery

Lists = Callable[[Any, UnitOfWork], Any]
"""The handler of a list query."""


def query_of(lists: Lists) -> type[PageQuery]:
    """The list query, from its handler's annotations."""
    hints = get_type_hints(lists)
    found: type[PageQuery] = next(hint for name, hint in hints.items() if name != "return")
    return found


def as_asked(lists: Lists, command: Command) -> PageQuery:
    """The list query with the filters that the command shares with it."""
    query = query_of(lists)
    common = command.model_fields_set & query.model_fields.keys()
    return query(**{name: getattr(command, name) for name in common})


def owner_of(uow: UnitOfWork) -> UUID | None:
    """The point whose people may see the task: the actor's own, if it is among those whose rows it reads."""
    scope, own = uow.context.scope, uow.context.actor.teaching_point_id
    return scope.ids[0] if _is_of_other_points(scope, own) else own


def _is_of_other_points(scope: Scope, own: UUID | None) -> bool:
    return scope.kind == "point" and own not in scope.ids and bool(scope.ids)
