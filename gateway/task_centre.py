"""The task centre: the long jobs of all services as one list. A task's id carries its owner's name.

The gateway keeps nothing of its own here: it asks the owners.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import Field

from contracts.base import NumberedQuery, Operation, Query, View
from contracts.common import CancelTask, GetTask, ListTasks, TaskId, TaskState, TaskView, of_service
from contracts.errors import ServiceError
from contracts.types import Code, FileReference
from gateway.door import Access
from gateway.owners import Owners
from gateway.responder import OwnHandler
from gateway.streams import Hint
from gateway.task_watch import TaskWatch, hint, is_open

_MOST = 200  # rows asked of each service, the most that a page may have


class CentralTasks(View):
    """The newest long jobs of all services, and which services did not answer in time."""

    items: tuple[TaskView, ...]
    page: int
    size: int
    total: int = Field(description="Of the services that answered.")
    unanswered: tuple[str, ...] = Field(description="Services that did not answer: their tasks are missing here.")


class ListAllTasks(NumberedQuery, answers=CentralTasks, service="gateway"):
    """The task centre: long jobs of all services, newest first. At most the newest 200 are paged through."""

    kind: Code | None = Field(default=None, description="Only this kind.", examples=["student_import"])
    state: TaskState | None = Field(default=None, description="Only in this state.")


class GetTaskResult(Query, answers=FileReference, service="gateway"):
    """The file that a finished task made. Refused: `file_missing`."""

    task_id: TaskId


class TaskCentre:
    """Asks the owners."""

    def __init__(self, owners: Owners, watch: TaskWatch) -> None:
        self._owners = owners
        self._calls = owners.calls
        self._watch = watch

    def handler(self, operation: type[Operation]) -> OwnHandler | None:
        """How an operation is answered here, if it is about tasks or may start one; others go to their service."""
        own: dict[type[Operation], OwnHandler] = {
            ListAllTasks: self.list_all,
            of_service("gateway", GetTask): partial(self._of_owner, GetTask),
            of_service("gateway", CancelTask): partial(self._of_owner, CancelTask),
            GetTaskResult: self.result,
        }
        if operation in own:
            return own[operation]
        starts_task = operation.answers is TaskView or "task" in operation.answers.model_fields
        return partial(self._started, operation) if starts_task else None

    async def list_all(self, payload: dict[str, Any], access: Access) -> dict[str, Any]:
        """One page of the newest tasks of all who answer in time."""
        page, size = payload.get("page", 1), payload.get("size", 50)
        filters: dict[str, Any] = {name: payload[name] for name in ("kind", "state") if name in payload}
        asked = {**filters, "size": min(_MOST, page * size)}
        answers, unanswered = await self._owners.ask_all(ListTasks, asked, access.in_service)
        items = sorted(
            (task for answer in answers.values() for task in answer["items"]),
            key=lambda task: (task["created_at"], task["id"]),
            reverse=True,
        )
        return {
            "items": items[(page - 1) * size : page * size],
            "page": page,
            "size": size,
            "total": sum(answer["total"] for answer in answers.values()),
            "unanswered": unanswered,
        }

    async def result(self, payload: dict[str, Any], access: Access) -> dict[str, Any]:
        """The reference to a task's file, and in whose keeping it is. Raises `file_missing` when there is none."""
        task = await self._of_owner(GetTask, payload, access)
        if not task.get("result"):
            raise ServiceError("file_missing")
        return {**task["result"], "area": task["service"]}

    async def missed(self, access: Access, last_id: str | None) -> AsyncIterator[Hint]:
        """What a stream begins with: the user's running tasks, which are watched from now on, and those that ended
        after the event `last_id`."""
        last = _instant(last_id)
        answers, _ = await self._owners.ask_all(ListTasks, {"size": _MOST}, access.in_service)
        for service, answer in answers.items():
            for task in answer["items"]:
                ended = _instant(task.get("finished_at"))
                if task["created_by"] == str(access.context.actor.user_id):
                    self._watch.watch(task, access.in_service(service))
                    if is_open(task) or (last and ended and ended > last):
                        yield hint(task)

    async def _started(self, operation: type[Operation], payload: dict[str, Any], access: Access) -> dict[str, Any]:
        """The answer of a command that may have started a task, which is watched from now on."""
        answer = await self._calls.make(operation, payload, access.context)
        task = answer if operation.answers is TaskView else answer.get("task")
        if task is not None:
            self._watch.watch(task, access.in_service(operation.service))
        return answer

    async def _of_owner(self, operation: type[Operation], payload: dict[str, Any], access: Access) -> dict[str, Any]:
        service = payload["task_id"].partition(".")[0]
        if service not in self._owners.services:
            raise ServiceError("not_found")
        return await self._calls.make(of_service(service, operation), payload, access.in_service(service))


def _instant(text: str | None) -> datetime | None:
    """An event's id as the instant it is; None for anything else, which may come from a client."""
    try:
        instant = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return instant if instant and instant.tzinfo else None
