"""Status changes for tests: asked for by one registrar, approved by another one."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from chassis.base.context import Context
from chassis.testing.harness import ServiceHarness
from contracts.common import RowResult
from contracts.identity.events import TeachingPointItem
from contracts.registry.commands import (
    ApproveStatusChanges,
    RemoveStudent,
    RevokeStatusChanges,
    SuspendStudent,
    TransferStudent,
)
from contracts.registry.queries import GetStatusChange, GetStudent
from contracts.registry.views import StatusChangeDetails, StudentRecord, StudentView
from tests.builders.people import of_school
from tests.builders.registry import REGISTRAR

SECOND = of_school(name="教务乙")
FIRST_DAY = date(2025, 10, 1)


def now(registry: ServiceHarness, student: StudentView) -> StudentRecord:
    record: StudentRecord = registry.ask(GetStudent(student_id=student.id))
    return record


def asked(registry: ServiceHarness, command: Any, by: Context = REGISTRAR) -> StatusChangeDetails:
    change: StatusChangeDetails = registry.run(command, by)
    assert change.state == "first_review_passed"
    return change


def decide(registry: ServiceHarness, *changes: StatusChangeDetails, by: Context = SECOND) -> list[RowResult]:
    command = ApproveStatusChanges(status_change_ids=tuple(change.id for change in changes))
    return list(registry.run(command, by).items)


def approved(registry: ServiceHarness, command: Any) -> StatusChangeDetails:
    """Asked for by one registrar, approved by another one."""
    change = asked(registry, command)
    assert [item.refusal for item in decide(registry, change)] == [None]
    return seen(registry, change)


def seen(registry: ServiceHarness, change: StatusChangeDetails, by: Context | None = None) -> StatusChangeDetails:
    details: StatusChangeDetails = registry.ask(GetStatusChange(status_change_id=change.id), by)
    return details


def revoke(registry: ServiceHarness, change: StatusChangeDetails, by: Context = REGISTRAR) -> RowResult:
    [result] = registry.run(RevokeStatusChanges(status_change_ids=(change.id,)), by).items
    return cast(RowResult, result)


def suspension(registry: ServiceHarness, student: StudentView, **fields: Any) -> SuspendStudent:
    values = {"version": now(registry, student).version, "from_on": FIRST_DAY, "reason": "因病休养", **fields}
    return SuspendStudent(student_id=student.id, **values)


def suspend(registry: ServiceHarness, student: StudentView) -> StatusChangeDetails:
    return approved(registry, suspension(registry, student))


def move(registry: ServiceHarness, student: StudentView, to: TeachingPointItem) -> TransferStudent:
    version = now(registry, student).version
    return TransferStudent(student_id=student.id, version=version, to_teaching_point_id=to.id, reason="工作地点变动")


def transfer(registry: ServiceHarness, student: StudentView, to: TeachingPointItem) -> StatusChangeDetails:
    return approved(registry, move(registry, student, to))


def leaving(student: StudentView, version: int = 1) -> RemoveStudent:
    return RemoveStudent(student_id=student.id, version=version, voluntary=True, reason="个人原因")
