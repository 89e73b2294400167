"""Looks after the running tasks of users who have a stream open, and tells them of every step.

The owner is asked once a second for each such task; nobody is asked for the tasks of users who don't watch.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.base.context import Context
from contracts.common import GetTask, TaskState, of_service
from contracts.errors import ServiceError
from gateway.calls import Calls
from gateway.rounds import Rounds
from gateway.streams import Hint, Hub

EVERY = 1.0  # seconds
_MOST = 500  # tasks watched at a time
_OPEN = frozenset({TaskState.WAITING, TaskState.RUNNING, TaskState.CANCELLING})
_SHOWN = ("kind", "state", "steps_done", "steps_total", "figures")


@dataclass(slots=True)
class _Watched:
    user_id: UUID
    service: str
    context: Context
    shown: dict[str, Any]


class TaskWatch:
    """Looks at watched tasks until each has ended or nobody watches any more."""

    def __init__(self, calls: Calls, hub: Hub) -> None:
        self._calls = calls
        self._hub = hub
        self._rounds = Rounds("task_watch", self._look, EVERY, _MOST)

    def watch(self, task: dict[str, Any], context: Context) -> None:
        """Tell the acting user of this task's progress from now on, as long as they have a stream open."""
        user_id = context.actor.user_id
        if user_id is None or not is_open(task) or not self._hub.is_watching(user_id):
            return
        self._rounds.take_on(task["id"], _Watched(user_id, task["service"], context, shown(task)))

    async def _look(self, task_id: str, watched: _Watched) -> bool:
        """Whether to look again."""
        if not self._hub.is_watching(watched.user_id):
            return False
        context = watched.context.within(EVERY)
        try:
            task = await self._calls.make(of_service(watched.service, GetTask), {"task_id": task_id}, context)
        except ServiceError as error:
            return error.code in ("service_unavailable", "deadline_exceeded", "overloaded")
        now = shown(task)
        if now != watched.shown:
            watched.shown = now
            self._hub.publish(watched.user_id, hint(task))
        return is_open(task)


def shown(task: dict[str, Any]) -> dict[str, Any]:
    """What a hint says of a task: enough for a progress bar."""
    return {name: task.get(name) for name in _SHOWN}


def hint(task: dict[str, Any]) -> Hint:
    """A hint about a task, as of now."""
    return Hint("task", {"id": task["id"], **shown(task)})


def is_open(task: dict[str, Any]) -> bool:
    """Whether a task may still change."""
    return task["state"] in _OPEN
