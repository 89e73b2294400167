"""The timetable of a round: its sessions, and which course is sat in which (EXM-3).

Every change holds the round's row, so that two of them don't overlap unseen.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import refuse
from chassis.work.rows import add, edit, locked
from contracts.errors import ServiceError
from contracts.exams.commands import AddSession, PlaceCourses, RemoveCourses, RemoveSession, UpdateSession
from contracts.exams.states import ExamRoundStatus
from contracts.exams.views import ExamRoundDetails
from services.exams.domain.rounds import Session, against_change, against_session
from services.exams.queries import round_details
from services.exams.steps.rounds import sessions_of
from services.exams.tables import courses, exam_round_courses, exam_rounds, exam_sessions


def add_session(command: AddSession, uow: UnitOfWork) -> ExamRoundDetails:
    """Add a session that overlaps with no other."""
    round_ = _lock_changeable(uow, command.exam_round_id)
    session = Session(new_id(), command.name, command.starts_at, command.ends_at)
    refuse(against_session(session, sessions_of(uow, round_.id), round_.registration_closes_at))
    add(uow, exam_sessions, {"id": session.id, **command.model_dump()}, "create")
    return round_details(uow, round_.id)


def update_session(command: UpdateSession, uow: UnitOfWork) -> ExamRoundDetails:
    """Move or rename a session; the copies of its courses' times follow."""
    round_ = _lock_changeable(uow, _round_of(uow, command.session_id))
    session = Session(command.session_id, command.name, command.starts_at, command.ends_at)
    refuse(against_session(session, sessions_of(uow, round_.id), round_.registration_closes_at))
    values = command.model_dump(exclude={"session_id", "version"})
    edit(uow, exam_sessions, session.id, command.version, values)
    return round_details(uow, round_.id)


def remove_session(command: RemoveSession, uow: UnitOfWork) -> ExamRoundDetails:
    """Remove a session in which no course is sat."""
    round_ = _lock_changeable(uow, _round_of(uow, command.session_id))
    c = exam_round_courses.c
    if uow.scalar(select(func.count()).where(c.session_id == command.session_id, ~c.deleted)):
        raise ServiceError("still_in_use")
    edit(uow, exam_sessions, command.session_id, command.version, {"deleted": True})
    return round_details(uow, round_.id)


def place_courses(command: PlaceCourses, uow: UnitOfWork) -> ExamRoundDetails:
    """Put courses into sessions of the round, or move those that are there."""
    round_ = _lock_changeable(uow, command.exam_round_id)
    known_sessions = {session.id for session in sessions_of(uow, round_.id)}
    wanted = {placement.course_id: placement.session_id for placement in command.placements}
    known = uow.rows(select(courses.c.id).where(ids_in(courses.c.id, wanted), ~courses.c.deleted))
    unknown = len(wanted) - len(known) + len(set(wanted.values()) - known_sessions)
    if unknown:
        raise ServiceError("some_not_found", count=unknown)
    place = upsert(exam_round_courses).values(
        [
            {"id": new_id(), "exam_round_id": round_.id, "course_id": course_id, "session_id": session_id}
            for course_id, session_id in sorted(wanted.items())
        ]
    )
    placed = place.on_conflict_do_update(
        constraint="uq_exam_round_courses_course",
        set_={"session_id": place.excluded.session_id, "deleted": False},
    ).returning(exam_round_courses)
    rows = uow.rows(placed)
    for row in rows:
        after = {"course_id": row.course_id, "session_id": row.session_id}
        uow.audit(exam_round_courses, row.id, "place", after=after)
    return round_details(uow, round_.id)


def remove_courses(command: RemoveCourses, uow: UnitOfWork) -> ExamRoundDetails:
    """Take courses out of a draft round."""
    round_ = _lock_changeable(uow, command.exam_round_id)
    if round_.status != ExamRoundStatus.DRAFT:
        raise ServiceError("exam_round_published")
    c = exam_round_courses.c
    removed = uow.rows(
        update(exam_round_courses)
        .where(c.exam_round_id == round_.id, ids_in(c.course_id, command.course_ids), ~c.deleted)
        .values(deleted=True)
        .returning(exam_round_courses)
    )
    if len(removed) != len(command.course_ids):
        raise ServiceError("some_not_found", count=len(command.course_ids) - len(removed))
    for row in removed:
        uow.audit(exam_round_courses, row.id, "remove", before={"course_id": row.course_id})
    return round_details(uow, round_.id)


def _round_of(uow: UnitOfWork, session_id: UUID) -> UUID:
    s = exam_sessions.c
    found: UUID = uow.one(select(s.exam_round_id).where(s.id == session_id, ~s.deleted)).exam_round_id
    return found


def _lock_changeable(uow: UnitOfWork, round_id: UUID) -> Row[Any]:
    round_ = locked(uow, exam_rounds, round_id)
    refuse(against_change(round_.code, round_.arrangement_published_at))
    return round_
