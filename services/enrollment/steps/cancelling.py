"""Admissions that are taken back (ENR-6). Record, courses, seats and account follow by events: docs/sagas.md, 3.13."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.steps import Taken, take
from contracts.enrollment.events import AdmissionsCancelled, CancelledAdmission
from services.enrollment.domain.workflows import APPLICATION
from services.enrollment.tables import applications


def cancel(uow: UnitOfWork, ids: Collection[UUID], found: Mapping[UUID, Row[Any]], action: str, note: str) -> Taken:
    """`admitted` → `admission_cancelled` by `action`, of forms that are locked. The registry hears of it; until it has
    ended the record, the level stays taken, so that nobody is admitted beside a record that is still alive."""
    taken = take(uow, APPLICATION, applications, ids, action, note=note, found=found)
    cancelled = [
        CancelledAdmission(student_id=row.student_id, application_id=row.id, cancelled_at=uow.now) for row in taken.rows
    ]
    uow.publish_rows(AdmissionsCancelled, cancelled)
    return taken
