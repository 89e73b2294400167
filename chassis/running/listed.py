"""Tasks about all rows of a list: the list's own query with a command's filters, in the scope of who asks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

from chassis.base.context import scope_from_wire, scope_to_wire
from chassis.data.unit_of_work import UnitOfWork
from chassis.data.whole_lists import WholeList, whole_list
from chassis.declaring.tasks import Task
from chassis.running.tasks import SCOPE, enqueue
from contracts.base import Command, PageQuery
from contracts.common import TaskView

CommandT = TypeVar("CommandT", bound=Command)
_COMMAND = "command"
"""The argument in which such a task notes what was asked for."""

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


def rows_asked_for(lists: Lists, command: Command, uow: UnitOfWork) -> WholeList:
    """All rows of the list that a command asks for, in the scope that `uow` now has. Raises what the handler raises."""
    return whole_list(lists, as_asked(lists, command), uow)


def start(uow: UnitOfWork, name: str, command: Command, **more: Any) -> TaskView:
    """Start a task about the rows that a command asks for; `more` are further arguments. Raises as `enqueue`."""
    noted = {_COMMAND: noted_of(command), SCOPE: scope_to_wire(uow.context.scope), **more}
    return enqueue(uow, name, noted, teaching_point_id=owner_of(uow))


def noted_of(command: Command) -> dict[str, Any]:
    """What is noted of a command: what was said in it."""
    return command.model_dump(mode="json", exclude_unset=True)


def command_of(task: Task, contract: type[CommandT]) -> CommandT:
    """The command that started a task."""
    return contract.model_validate(task.arguments[_COMMAND])


def as_who_asked(uow: UnitOfWork, task: Task) -> AbstractContextManager[None]:
    """See the rows that who started a task saw then."""
    return uow.within(scope_from_wire(task.arguments[SCOPE]))


def owner_of(uow: UnitOfWork) -> UUID | None:
    """The point whose people may see the task: the actor's own, if it is among those whose rows it reads."""
    scope, own = uow.context.scope, uow.context.actor.teaching_point_id
    of_others = scope.kind == "point" and scope.ids and own not in scope.ids
    return scope.ids[0] if of_others else own
