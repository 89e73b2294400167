"""Publishing the arrangement: from then on it is fixed who sits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import refuse
from chassis.work.rows import change, locked
from contracts.errors import ServiceError
from contracts.exams.commands import PublishArrangement
from contracts.exams.states import RegistrationEnd, RegistrationState
from contracts.exams.views import ArrangementResult
from services.exams.domain.rounds import against_arrangement, candidates_with_clash
from services.exams.queries import round_view
from services.exams.steps.registrations import end, lock_where, refund, step
from services.exams.tables import exam_registrations, exam_round_courses, exam_rounds

_r = exam_registrations.c


def publish_arrangement(command: PublishArrangement, uow: UnitOfWork) -> ArrangementResult:
    """Fix who sits. Everything is looked at under lock: a hold that comes now waits and finds the outcome."""
    round_ = locked(uow, exam_rounds, command.exam_round_id, command.version)
    refuse(against_arrangement(round_.status, round_.arrangement_published_at, round_.registration_closes_at, uow.now))
    change(uow, exam_rounds, round_, "publish_arrangement", {"arrangement_published_at": uow.now})
    paid = lock_where(
        uow,
        _r.exam_round_id == round_.id,
        _r.state.in_((RegistrationState.REGISTERED, RegistrationState.SUSPENDED)),
    )
    candidates = [row for row in paid if row.state == RegistrationState.REGISTERED]
    passed_over = [row for row in paid if row.held_by_suspension and row.held_by_withdrawal_id is None]
    _refuse_clashes(uow, round_.id, candidates)
    step(uow, candidates, "arrange", arranged_at=uow.now)
    end(uow, passed_over, "pass_over", RegistrationEnd.STUDENT_SUSPENDED)
    refund(uow, passed_over, "student_suspended")
    return ArrangementResult(
        exam_round=round_view(uow, round_.id),
        arranged=len(candidates),
        suspended=len(paid) - len(candidates) - len(passed_over),
        lapsed=len(passed_over),
    )


def _refuse_clashes(uow: UnitOfWork, round_id: Any, candidates: Sequence[Row[Any]]) -> None:
    c = exam_round_courses.c
    session_of = {
        row.course_id: row.session_id
        for row in uow.rows(select(c.course_id, c.session_id).where(c.exam_round_id == round_id, ~c.deleted))
    }
    clashing = candidates_with_clash((row.student_id, session_of[row.course_id]) for row in candidates)
    if clashing:
        raise ServiceError("exam_sessions_of_candidates_clash", count=len(clashing))
