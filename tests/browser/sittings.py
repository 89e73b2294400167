"""Exams of rounds that are over: what must have happened before anybody sits an exam once more."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from chassis.base.clock import SystemClock
from chassis.base.context import system_context
from contracts.exams.commands import PublishArrangement, RecordAttendance, UpdateExamRound, UpdateSession
from contracts.exams.queries import GetExamRound, ListRegistrations
from contracts.exams.states import RegistrationState
from contracts.exams.views import ExamRoundDetails, RegistrationView
from contracts.registry.views import StudentView
from launcher.school import open_exam_round
from launcher.story.stage import wait
from tests.browser.premises import Premises

_KNOWN = text(
    "SELECT count(*) FROM exam_rounds JOIN exam_round_courses ON exam_round_id = exam_rounds.id"
    " WHERE exam_rounds.id = :id AND status = 'published'"
)


def missed_exam(premises: Premises, student: StudentView) -> RegistrationView:
    """The student has paid for an exam of a round that is over now, and was absent."""
    officer, course = premises.scene.school.staff.exams, premises.scene.school.courses[0].details.id
    now = SystemClock().now()
    # It closes before the school's other one, so whoever selects the course now is registered in it.
    round_ = _open_round(premises, now, course)
    premises.paid([student])
    mine = ListRegistrations(student_id=student.id, exam_round_id=round_.id, state=RegistrationState.REGISTERED)
    [seat] = wait("the exam", lambda: list(officer.client.pages(mine)), lambda seen: len(seen) == 1)
    _end(premises, round_, now)
    absent = RecordAttendance(session_id=round_.sessions[0].id, course_id=course, absent_ids=(seat.id,))
    officer.send(absent)
    return seat


def _open_round(premises: Premises, now: datetime, course: UUID) -> ExamRoundDetails:
    """A round whose registration is open, with one session; courses have heard of it."""
    window = now - timedelta(minutes=10), now + timedelta(hours=1)
    code = f"QK{premises.scene.stage.run}"
    officer = premises.scene.school.staff.exams
    round_ = open_exam_round(officer, code, window, [now + timedelta(hours=2)], [course], name="补考前的考试")
    with premises.scene.system.databases() as databases:
        courses = databases["courses"]
        look = lambda: courses.run(system_context(), lambda uow: uow.scalar(_KNOWN, {"id": round_.id}))  # noqa: E731
        wait("courses know the round", look, lambda found: found == 1)
    return round_


def _end(premises: Premises, round_: ExamRoundDetails, now: datetime) -> None:
    """Registration has closed, the session is over, and it is fixed who sat."""
    officer, session = premises.scene.school.staff.exams, round_.sessions[0]
    closed, began, ended = (now - timedelta(minutes=minutes) for minutes in (5, 4, 3))
    window = {"registration_opens_at": round_.registration_opens_at, "registration_closes_at": closed}
    named = UpdateExamRound(exam_round_id=round_.id, version=round_.version, name=round_.name, **window)
    officer.send(named)
    times = {"starts_at": began, "ends_at": ended}
    officer.send(UpdateSession(session_id=session.id, version=session.version, name=session.name, **times))
    version = officer.send(GetExamRound(exam_round_id=round_.id)).version
    officer.send(PublishArrangement(exam_round_id=round_.id, version=version))
