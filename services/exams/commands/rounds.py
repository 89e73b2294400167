"""Exam rounds: made, changed, published (EXM-3)."""

from __future__ import annotations

from sqlalchemy import insert

from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import refuse
from chassis.work.rows import edit
from contracts.errors import ServiceError
from contracts.exams.commands import CreateExamRound, PublishExamRound, UpdateExamRound
from contracts.exams.states import ExamRoundStatus
from contracts.exams.views import ExamRoundDetails
from services.exams.domain.rounds import against_change, against_window
from services.exams.queries import round_details
from services.exams.steps.rounds import lock_round, sessions_of
from services.exams.tables import exam_rounds


def create_exam_round(command: CreateExamRound, uow: UnitOfWork) -> ExamRoundDetails:
    """Add a draft round."""
    values = command.model_dump()
    round_id = new_id()
    uow.execute(insert(exam_rounds).values(id=round_id, status=ExamRoundStatus.DRAFT, **values))
    uow.audit(exam_rounds, round_id, "create", after=values)
    return round_details(uow, round_id)


def update_exam_round(command: UpdateExamRound, uow: UnitOfWork) -> ExamRoundDetails:
    """Change name and window; the sessions stay after it."""
    round_ = lock_round(uow, command.exam_round_id)
    refuse(against_change(round_.code, round_.arrangement_published_at))
    refuse(against_window(sessions_of(uow, round_.id), command.registration_closes_at))
    values = command.model_dump(exclude={"exam_round_id", "version"})
    edit(uow, exam_rounds, round_.id, command.version, values)
    return round_details(uow, round_.id)


def publish_exam_round(command: PublishExamRound, uow: UnitOfWork) -> ExamRoundDetails:
    """`draft` → `published`."""
    round_ = lock_round(uow, command.exam_round_id)
    if round_.status != ExamRoundStatus.DRAFT:
        raise ServiceError("step_not_allowed", state=round_.status, action="publish")
    edit(uow, exam_rounds, round_.id, command.version, {"status": ExamRoundStatus.PUBLISHED})
    return round_details(uow, round_.id)
