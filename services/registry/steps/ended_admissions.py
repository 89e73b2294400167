"""Records that end because the admission was taken back (取消入学资格)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import change_each, lock
from contracts.registry.events import AdmissionsEnded, EndedAdmission
from contracts.types import EnrolmentStatus
from services.registry.domain.status_changes import LIVE
from services.registry.domain.workflows import STATUS_CHANGE
from services.registry.steps.status_changes import STATUS_CHANGES
from services.registry.tables import status_changes, students


def end_admissions(uow: UnitOfWork, student_ids: Collection[UUID]) -> None:
    """`active | suspended` → `admission_cancelled`, for good; a status change that is open ends with it. Who left
    before stays what they became."""
    alive = lock(uow, students, student_ids, students.c.status.in_(LIVE))
    if not alive:
        return
    STATUS_CHANGES.decide(uow, _open_changes(uow, alive), "end_with_admission")
    status = {"status": EnrolmentStatus.ADMISSION_CANCELLED}
    after = change_each(uow, students, alive, "cancel_admission", dict.fromkeys(alive, status))
    ended = [
        EndedAdmission(student_id=id_, student_version=record.version, ended_at=uow.now)
        for id_, record in after.items()
    ]
    uow.publish_rows(AdmissionsEnded, ended)


def _open_changes(uow: UnitOfWork, student_ids: Collection[UUID]) -> list[UUID]:
    c = status_changes.c
    undecided = select(c.id).where(ids_in(c.student_id, student_ids), c.state.in_(STATUS_CHANGE.open)).order_by(c.id)
    return [row.id for row in uow.rows(undecided)]
