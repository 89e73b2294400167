"""A small service with long tasks: it stamps numbered sheets, and every stamp on paper can be counted."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Integer, Table, Uuid, func, insert, select

from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service, task
from chassis.declaring.tasks import StepResult, Task, TaskKind
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from contracts.errors import ServiceError

metadata = service_metadata("workshop")
stamps_made = Table(
    "stamps_made",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("task_id", Uuid, nullable=False),
    Column("sheet", Integer, nullable=False),
)
scope(stamps_made)

# Held by a test that wants a step to stand still in the middle of its work.
GATE = 4711


def plan_stamping(task: Task, uow: UnitOfWork) -> Sequence[dict[str, Any]]:
    if "refuse_plan" in task.arguments:
        raise ServiceError("file_missing")
    return [{"sheet": number} for number in range(task.arguments["sheets"])]


def stamp(task: Task, step: dict[str, Any], uow: UnitOfWork) -> StepResult:
    uow.execute(insert(stamps_made).values(task_id=task.id, sheet=step["sheet"]))
    if task.arguments.get("gate"):
        uow.execute(select(func.pg_advisory_xact_lock_shared(GATE)))
    if task.arguments.get("refuse") == step["sheet"]:
        raise ServiceError("too_many_tasks", limit=7)
    if task.arguments.get("stumble") == step["sheet"]:
        raise ZeroDivisionError("身份证 11010119900101123X")
    return StepResult({"stamped": 1}, {"sheet": step["sheet"]})


def bind(task: Task, data: Sequence[Any], uow: UnitOfWork) -> UUID | None:
    if not task.arguments.get("bind"):
        return None
    book = io.BytesIO(repr([left["sheet"] for left in data]).encode())
    return files.keep(
        uow,
        book,
        FileKind.PDF,
        document="batch_selection_result",
        teaching_point_id=task.teaching_point_id,
    )


class Workshop(Service):
    name = "workshop"
    metadata = metadata
    stamp_sheets = task(TaskKind(plan_stamping, stamp, bind))
    sweep_floor = task(TaskKind(lambda task, uow: [{}], lambda task, step, uow: StepResult()))


SERVICE = Workshop
