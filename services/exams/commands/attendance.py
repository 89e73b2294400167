"""After a session: who sat and who was absent."""

from __future__ import annotations

from sqlalchemy import and_, func, select

from chassis.base.clock import shown
from chassis.data.unit_of_work import UnitOfWork
from contracts.errors import ServiceError
from contracts.exams.commands import RecordAttendance
from contracts.exams.states import RegistrationState
from contracts.exams.views import AttendanceResult
from services.exams.domain.registrations import OVER
from services.exams.steps.registrations import lock_where, step
from services.exams.tables import exam_registrations, exam_round_courses, exam_sessions

_r = exam_registrations.c


def record_attendance(command: RecordAttendance, uow: UnitOfWork) -> AttendanceResult:
    """Of one course's arranged candidates those named were absent, all others sat."""
    s, c = exam_sessions.c, exam_round_courses.c
    session = uow.one(
        select(s.exam_round_id, s.name, s.ends_at)
        .join(exam_round_courses, and_(c.session_id == s.id, c.course_id == command.course_id, ~c.deleted))
        .where(s.id == command.session_id, ~s.deleted)
    )
    if uow.now < session.ends_at:
        raise ServiceError("session_not_over", name=session.name, ends_at=shown(session.ends_at))
    papers = and_(_r.exam_round_id == session.exam_round_id, _r.course_id == command.course_id)
    arranged = lock_where(uow, papers, _r.state == RegistrationState.ARRANGED)
    if not arranged and uow.scalar(select(func.count()).where(papers, _r.state.in_(OVER))):
        raise ServiceError("attendance_recorded")
    named = set(command.absent_ids)
    unknown = named - {row.id for row in arranged}
    if unknown:
        raise ServiceError("some_not_found", count=len(unknown))
    absent = [row for row in arranged if row.id in named]
    sat = [row for row in arranged if row.id not in named]
    step(uow, absent, "miss")
    step(uow, sat, "sit")
    return AttendanceResult(sat=len(sat), absent=len(absent))
