"""What exams can be asked, and the public states that it publishes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, select, tuple_

from chassis.data.bulk import ids_in
from chassis.data.keyset import keyset_page
from chassis.data.lists import Listing
from chassis.data.pages import open_now
from chassis.data.unit_of_work import UnitOfWork
from chassis.data.whole_lists import Reader
from chassis.work.steps import history_of
from contracts.base import KeysetPage, Page
from contracts.exams.events import ExamRoundCourseItem, ExamRoundItem
from contracts.exams.queries import (
    GetExamRound,
    GetRegistration,
    ListExamRounds,
    ListRegistrations,
    ListRegistrationStatements,
)
from contracts.exams.views import (
    ExamRoundCourseView,
    ExamRoundDetails,
    ExamRoundView,
    RegistrationDetails,
    RegistrationStatement,
    RegistrationView,
    SessionView,
)
from services.exams.tables import (
    courses,
    exam_registrations,
    exam_round_courses,
    exam_rounds,
    exam_sessions,
    student_search,
    students,
)

_r, _rounds, _placed, _sessions = (t.c for t in (exam_registrations, exam_rounds, exam_round_courses, exam_sessions))

# -- rounds -----------------------------------------------------------------------------------------------------------


def _counted_rounds() -> Select[Any]:
    sessions = select(func.count()).where(_sessions.exam_round_id == _rounds.id, ~_sessions.deleted)
    placed = select(func.count()).where(_placed.exam_round_id == _rounds.id, ~_placed.deleted)
    return select(
        exam_rounds,
        sessions.scalar_subquery().label("session_count"),
        placed.scalar_subquery().label("course_count"),
    )


_open_now = open_now(_rounds.status == "published", _rounds.registration_opens_at, _rounds.registration_closes_at)
ROUNDS = Listing[ExamRoundView](ListExamRounds, exam_rounds, shown=_counted_rounds, filters={"open_now": _open_now})


def list_exam_rounds(query: ListExamRounds, uow: UnitOfWork) -> Page[ExamRoundView]:
    """Exam rounds, newest registration first unless asked otherwise."""
    return ROUNDS.page(query, uow)


def get_exam_round(query: GetExamRound, uow: UnitOfWork) -> ExamRoundDetails:
    """A round with its timetable."""
    return round_details(uow, query.exam_round_id)


def round_view(uow: UnitOfWork, round_id: UUID) -> ExamRoundView:
    """A round with its counts. Raises `not_found`."""
    return ExamRoundView.model_validate(uow.one(_counted_rounds().where(_rounds.id == round_id))._mapping)


def round_details(uow: UnitOfWork, round_id: UUID) -> ExamRoundDetails:
    """A round with its sessions in the order of time and its courses in that of their codes. Raises `not_found`."""
    round_ = uow.one(_counted_rounds().where(_rounds.id == round_id))
    sessions = uow.rows(
        select(exam_sessions)
        .where(_sessions.exam_round_id == round_id, ~_sessions.deleted)
        .order_by(_sessions.starts_at, _sessions.id)
    )
    placed = uow.rows(
        select(exam_round_courses, courses.c.code.label("course_code"), courses.c.name.label("course_name"))
        .join(courses, courses.c.id == _placed.course_id)
        .where(_placed.exam_round_id == round_id, ~_placed.deleted)
        .order_by(courses.c.code)
    )
    return ExamRoundDetails(
        **round_._mapping,
        sessions=tuple(SessionView.model_validate(row._mapping) for row in sessions),
        courses=tuple(ExamRoundCourseView.model_validate(row._mapping) for row in placed),
    )


# -- registrations ----------------------------------------------------------------------------------------------------


def _registrations() -> Select[Any]:
    """Registrations with what people want to see beside them. A copy that is late leaves its columns empty."""
    placed = and_(_placed.exam_round_id == _r.exam_round_id, _placed.course_id == _r.course_id, ~_placed.deleted)
    return (
        select(
            exam_registrations,
            exam_rounds.c.code.label("exam_round_code"),
            students.c.student_number,
            students.c.name.label("student_name"),
            courses.c.code.label("course_code"),
            courses.c.name.label("course_name"),
            _sessions.name.label("session_name"),
            _sessions.starts_at,
        )
        .outerjoin(exam_rounds, _rounds.id == _r.exam_round_id)
        .outerjoin(students, students.c.id == _r.student_id)
        .outerjoin(courses, courses.c.id == _r.course_id)
        .outerjoin(exam_round_courses, placed)
        .outerjoin(exam_sessions, _sessions.id == _placed.session_id)
    )


def _in_session(session_id: UUID, uow: Reader) -> ColumnElement[bool]:
    placed = select(_placed.exam_round_id, _placed.course_id).where(_placed.session_id == session_id, ~_placed.deleted)
    return tuple_(_r.exam_round_id, _r.course_id).in_(placed)


REGISTRATIONS = Listing[RegistrationView](
    ListRegistrations,
    exam_registrations,
    shown=_registrations,
    filters={
        "session_id": _in_session,
        "resits": lambda wanted, uow: _r.resit_of.is_not(None) == wanted,
        "search": lambda text, uow: student_search.found(_r.student_id, text),
    },
    sorts={"student_number": students.c.student_number, "course_code": courses.c.code},
    few=frozenset({"student_id", "selection_id"}),
)


def list_registrations(query: ListRegistrations, uow: UnitOfWork) -> Page[RegistrationView]:
    """Exam registrations in the actor's scope."""
    return REGISTRATIONS.page(query, uow)


def get_registration(query: GetRegistration, uow: UnitOfWork) -> RegistrationDetails:
    """A registration with its history."""
    row = uow.one(_registrations().where(_r.id == query.registration_id))
    return RegistrationDetails(**row._mapping, history=history_of(uow, row.id))


def list_registration_statements(
    query: ListRegistrationStatements, uow: UnitOfWork
) -> KeysetPage[RegistrationStatement]:
    """Every registration in order of id, for reconciliation."""
    rows = select(exam_registrations, _r.updated_at.label("changed_at"))
    return keyset_page(uow, query, RegistrationStatement, rows, _r.id)


# -- published states -------------------------------------------------------------------------------------------------


def exam_round_items(ids: Sequence[UUID], uow: UnitOfWork) -> list[ExamRoundItem]:
    """The public state of rounds."""
    rows = uow.rows(select(exam_rounds).where(ids_in(_rounds.id, ids)))
    return [ExamRoundItem.model_validate(row._mapping) for row in rows]


def exam_round_course_items(ids: Sequence[UUID], uow: UnitOfWork) -> list[ExamRoundCourseItem]:
    """The public state of courses in rounds, removed ones as tombstones."""
    rows: list[Row[Any]] = uow.rows(
        select(exam_round_courses, _sessions.name.label("session_name"), _sessions.starts_at, _sessions.ends_at)
        .join(exam_sessions, _sessions.id == _placed.session_id)
        .where(ids_in(_placed.id, ids))
    )
    return [ExamRoundCourseItem.model_validate(row._mapping) for row in rows]
