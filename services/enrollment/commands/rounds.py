"""Admission rounds (ENR-1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete

from chassis.data.bulk import insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import change, locked, refuse_unknown
from chassis.work.steps import enter_one, take_one
from contracts.enrollment.commands import CreateAdmissionRound, PublishAdmissionRound, UpdateAdmissionRound
from contracts.enrollment.views import AdmissionRoundDetails
from services.enrollment.domain.workflows import ADMISSION_ROUND
from services.enrollment.queries.rounds import round_details
from services.enrollment.tables import admission_round_points, admission_rounds, teaching_points


def create_admission_round(command: CreateAdmissionRound, uow: UnitOfWork) -> AdmissionRoundDetails:
    """Add a draft round. Raises `admission_round_code_taken`, `some_not_found` for a point that is not there."""
    entered = {"code": command.code, "intake": command.intake, **_fields(command)}
    row = enter_one(uow, ADMISSION_ROUND, admission_rounds, entered, "add")
    _limit(uow, row.id, command.teaching_point_ids)
    return round_details(uow, row.id)


def update_admission_round(command: UpdateAdmissionRound, uow: UnitOfWork) -> AdmissionRoundDetails:
    """Change a round; what was entered stays."""
    before = locked(uow, admission_rounds, command.admission_round_id, command.version)
    change(uow, admission_rounds, before, "edit", _fields(command))
    _limit(uow, before.id, command.teaching_point_ids)
    return round_details(uow, before.id)


def publish_admission_round(command: PublishAdmissionRound, uow: UnitOfWork) -> AdmissionRoundDetails:
    """`draft` → `published`."""
    take_one(uow, ADMISSION_ROUND, admission_rounds, command.admission_round_id, command.version, "publish")
    return round_details(uow, command.admission_round_id)


def _fields(command: CreateAdmissionRound | UpdateAdmissionRound) -> dict[str, Any]:
    values = command.model_dump(include={"name", "opens_at", "closes_at", "review_closes_at"})
    return {**values, "levels": list(command.levels), "every_point": command.teaching_point_ids is None}


def _limit(uow: UnitOfWork, round_id: UUID, point_ids: tuple[UUID, ...] | None) -> None:
    """The points that take part from now on, in place of those before."""
    refuse_unknown(uow, teaching_points, point_ids or ())
    table = admission_round_points
    gone = uow.rows(delete(table).where(table.c.admission_round_id == round_id).returning(table.c.teaching_point_id))
    before = sorted(row.teaching_point_id for row in gone)
    if point_ids:
        rows = [{"admission_round_id": round_id, "teaching_point_id": point_id} for point_id in point_ids]
        uow.execute(insert_rows(table, rows))
    after = sorted(point_ids or ())
    if before != after:
        uow.audit(admission_rounds, round_id, "edit", {"teaching_point_ids": before}, {"teaching_point_ids": after})
