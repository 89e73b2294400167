"""Status changes of students: who left or is suspended does not sit, who was transferred takes the registrations along.

Events of one student may arrive in any order. Each only says that something changed: what counts is the student's
newest status, so the outcome is the same whichever comes last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select, update

from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import locked
from chassis.work.steps import move_history
from contracts.common import ClosingReason
from contracts.exams.states import RegistrationEnd, RegistrationState
from contracts.registry.events import (
    AdmissionsEnded,
    EndedAdmission,
    StudentLeft,
    StudentResumed,
    StudentSuspended,
    StudentTransferred,
)
from contracts.types import EnrolmentStatus
from services.exams.domain.registrations import LIVE
from services.exams.steps.closing import UNPAID_RESITS
from services.exams.steps.registrations import end, lock_where, note_hold, set_free, step
from services.exams.steps.rounds import share_rounds
from services.exams.tables import exam_registrations, students

_r = exam_registrations.c
S: Final = RegistrationState

StatusChanged = StudentLeft | StudentSuspended | StudentResumed | StudentTransferred | EndedAdmission


def on_student_left(events: Sequence[StudentLeft], uow: UnitOfWork) -> None:
    """What is not sat is cancelled, unpaid resits are closed."""
    _follow(events, uow)


def on_admissions_ended(events: Sequence[AdmissionsEnded], uow: UnitOfWork) -> None:
    """As when students leave."""
    _follow([row for event in events for row in event.ended], uow)


def on_student_suspended(events: Sequence[StudentSuspended], uow: UnitOfWork) -> None:
    """Paid registrations are held, unpaid resits are closed."""
    _follow(events, uow)


def on_student_resumed(events: Sequence[StudentResumed], uow: UnitOfWork) -> None:
    """What the suspension held is free again, unless the arrangement was made without it."""
    _follow(events, uow)


def on_student_transferred(events: Sequence[StudentTransferred], uow: UnitOfWork) -> None:
    """The registrations belong to the new point; seats in published arrangements stay."""
    _follow(events, uow)


def _follow(changes: Sequence[StatusChanged], uow: UnitOfWork) -> None:
    """Bring the registrations of these students in line with the newest that is known of them."""
    told = [(change.student_id, change.student_version) for change in changes]
    known = locked(uow, students, at_least=told)
    for student in known.values():
        _follow_point(uow, student)
        _follow_status(uow, student)


def _follow_point(uow: UnitOfWork, student: Row[Any]) -> None:
    elsewhere = _r.teaching_point_id != student.teaching_point_id
    moved = (
        update(exam_registrations)
        .where(_r.student_id == student.id, elsewhere)
        .values(teaching_point_id=student.teaching_point_id)
        .returning(_r.id)
    )
    ids: list[UUID] = [row.id for row in uow.rows(moved)]
    if not ids:
        return
    # The history is read with its registration, so it moves into the same scope.
    move_history(uow, ids, student.teaching_point_id)
    for id_ in ids:
        uow.audit(exam_registrations, id_, "transfer", after={"teaching_point_id": student.teaching_point_id})


def _follow_status(uow: UnitOfWork, student: Row[Any]) -> None:
    mine = _r.student_id == student.id, _r.state.in_(LIVE)
    share_rounds(uow, {row.exam_round_id for row in uow.rows(select(_r.exam_round_id).where(*mine))})
    live = lock_where(uow, *mine)
    held = [row for row in live if row.state == S.SUSPENDED]
    # Once the session has begun, the attendance decides.
    due = [row for row in live if row.state in (S.REGISTERED, S.ARRANGED) and not (row.arranged_at and row.started)]
    match student.status:
        case EnrolmentStatus.ACTIVE:
            _resume(uow, held)
            UNPAID_RESITS.resume(uow, [student.id])
        case EnrolmentStatus.SUSPENDED:
            UNPAID_RESITS.close_of(uow, [student.id], ClosingReason.STUDENT_SUSPENDED)
            step(uow, due, "hold", held_by_suspension=True)
            note_hold(uow, [row for row in held if not row.held_by_suspension], held_by_suspension=True)
        case _:
            UNPAID_RESITS.close_of(uow, [student.id], ClosingReason.STUDENT_LEFT)
            end(uow, [*due, *held], "leave", RegistrationEnd.STUDENT_LEFT)


def _resume(uow: UnitOfWork, held: Sequence[Row[Any]]) -> None:
    by_suspension = [row for row in held if row.held_by_suspension]
    also_withdrawn = [row for row in by_suspension if row.held_by_withdrawal_id is not None]
    note_hold(uow, also_withdrawn, held_by_suspension=False)
    set_free(uow, [row for row in by_suspension if row.held_by_withdrawal_id is None], suspended=False)
