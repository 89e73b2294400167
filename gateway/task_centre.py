"""The task centre: the long jobs of all services as one list. A task's id carries its owner's name.

The gateway keeps nothing of its own here: it asks the owners, at the same time and with little patience, and says who
did not answer.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from chassis.context import Context
from contracts.base import Command, Operation, PageQuery, Query, View
from contracts.common import CancelTask, GetTask, ListTasks, TaskState, TaskView, of
from contracts.errors import ServiceError
from contracts.types import Code, FileReference
from gateway.calls import Calls
from gateway.streams import Hint

PATIENCE = 1.0  # seconds that the owners have to answer
_MOST = 200  # rows asked of each service, the most that a page may have

TaskId = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,30}\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
    Field(
        description="The task: its service's name, a dot, its id.",
        examples=["courses.0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f"],
    ),
]


class CentralTask(TaskView):
    """A long job. Its id says whose it is."""

    id: TaskId  # type: ignore[assignment]  # narrower than the owner's UUID, and carrying its name


class CentralTasks(View):
    """The newest long jobs of all services, and which services did not answer in time."""

    items: tuple[CentralTask, ...]
    page: int
    size: int
    total: int = Field(description="Of the services that answered.")
    unanswered: tuple[str, ...] = Field(description="Services that did not answer: their tasks are missing here.")


class ListAllTasks(PageQuery, answers=CentralTasks, service="gateway"):
    """The task centre: long jobs of all services, newest first. At most the newest 200 are paged through."""

    kind: Code | None = Field(default=None, description="Only this kind.", examples=["import_students"])
    state: TaskState | None = Field(default=None, description="Only in this state.")


class GetOneTask(Query, answers=CentralTask, service="gateway"):
    """State and progress of a task."""

    task_id: TaskId


class CancelOneTask(Command, answers=CentralTask, service="gateway"):
    """Stop a task before its next step. What it has done stays done. Refused: `task_finished`."""

    task_id: TaskId


class GetTaskResult(Query, answers=FileReference, service="gateway"):
    """The file that a finished task made. Refused: `file_missing`."""

    task_id: TaskId


class TaskCentre:
    """Asks the owners."""

    def __init__(self, calls: Calls, services: Sequence[str]) -> None:
        self._calls = calls
        self._services = tuple(services)
        self._pool = ThreadPoolExecutor(max_workers=4 * max(1, len(self._services)), thread_name_prefix="tasks")

    def handlers(self) -> dict[type[Operation], Callable[[dict[str, Any], Context], dict[str, Any]]]:
        """What the gateway answers by itself."""
        return {
            ListAllTasks: self.list_all,
            GetOneTask: lambda payload, context: self._of_owner(GetTask, payload, context),
            CancelOneTask: lambda payload, context: self._of_owner(CancelTask, payload, context),
            GetTaskResult: self.result,
        }

    def list_all(self, payload: dict[str, Any], context: Context) -> dict[str, Any]:
        """One page of the newest tasks of all who answer in time."""
        page, size = payload.get("page", 1), payload.get("size", 50)
        filters: dict[str, Any] = {name: payload[name] for name in ("kind", "state") if name in payload}
        answers, unanswered = self._ask_all({**filters, "size": min(_MOST, page * size)}, context)
        items = sorted(
            (_with_owner(service, task) for service, answer in answers.items() for task in answer["items"]),
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

    def result(self, payload: dict[str, Any], context: Context) -> dict[str, Any]:
        """The reference to a task's file, and in whose keeping it is. Raises `file_missing` when there is none."""
        task = self._of_owner(GetTask, payload, context)
        if not task.get("result"):
            raise ServiceError("file_missing")
        return {**task["result"], "area": task["id"].partition(".")[0]}

    def since(self, context: Context, last_id: str) -> Iterator[Hint]:
        """Hints about all tasks that changed after an event; `last_id` is that event's id."""
        answers, _ = self._ask_all({"size": _MOST}, context)
        for service, answer in answers.items():
            for task in answer["items"]:
                hint = task_hint(service, task)
                if hint.id > last_id:
                    yield hint

    def _of_owner(self, operation: type[Operation], payload: dict[str, Any], context: Context) -> dict[str, Any]:
        service, _, task_id = payload["task_id"].partition(".")
        if service not in self._services:
            raise ServiceError("not_found")
        answer = self._calls.make(of(service, operation), {"task_id": task_id}, context)
        return _with_owner(service, answer)

    def _ask_all(self, payload: dict[str, Any], context: Context) -> tuple[dict[str, dict[str, Any]], list[str]]:
        until = time.time() + PATIENCE
        hurried = replace(context, deadline=min(until, context.deadline or until))
        asked = {
            service: self._pool.submit(self._calls.make, of(service, ListTasks), payload, hurried)
            for service in self._services
        }
        answers, unanswered = {}, []
        for service, answer in asked.items():
            try:
                answers[service] = answer.result(timeout=max(0.0, until - time.time()))
            except (ServiceError, TimeoutError) as error:
                if isinstance(error, ServiceError) and error.code == "forbidden":
                    continue  # the user has no business there: nothing is missing
                unanswered.append(service)
        return answers, unanswered


def task_hint(service: str, task: dict[str, Any]) -> Hint:
    """What a stream says about a task: enough for a progress bar."""
    data = {name: task.get(name) for name in ("kind", "state", "steps_done", "steps_total")}
    at = task.get("finished_at") or task.get("changed_at") or task["created_at"]
    return Hint("task", at, {"id": f"{service}.{task['id']}", **data})


def _with_owner(service: str, task: dict[str, Any]) -> dict[str, Any]:
    return {**task, "id": f"{service}.{task['id']}"}
