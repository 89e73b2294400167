"""Exam rounds: made, changed, published (EXM-3)."""

from __future__ import annotations

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import refuse
from chassis.work.rows import change, locked
from chassis.work.steps import enter_one, take_one
from contracts.exams.commands import CreateExamRound, PublishExamRound, UpdateExamRound
from contracts.exams.views import ExamRoundDetails
from services.exams.domain.rounds import against_change, against_window
from services.exams.domain.workflows import EXAM_ROUND
from services.exams.queries import round_details
from services.exams.steps.rounds import sessions_of
from services.exams.tables import exam_rounds


def create_exam_round(command: CreateExamRound, uow: UnitOfWork) -> ExamRoundDetails:
    """Add a draft round."""
    row = enter_one(uow, EXAM_ROUND, exam_rounds, command.model_dump(), "create")
    return round_details(uow, row.id)


def update_exam_round(command: UpdateExamRound, uow: UnitOfWork) -> ExamRoundDetails:
    """Change name and window; the sessions stay after it."""
    round_ = locked(uow, exam_rounds, command.exam_round_id, command.version)
    refuse(against_change(round_.code, round_.arrangement_published_at))
    refuse(against_window(sessions_of(uow, round_.id), command.registration_closes_at))
    change(uow, exam_rounds, round_, "edit", command.model_dump(exclude={"exam_round_id", "version"}))
    return round_details(uow, round_.id)


def publish_exam_round(command: PublishExamRound, uow: UnitOfWork) -> ExamRoundDetails:
    """`draft` → `published`."""
    take_one(uow, EXAM_ROUND, exam_rounds, command.exam_round_id, command.version, "publish")
    return round_details(uow, command.exam_round_id)
