"""Status changes of students (docs/sagas.md 3.6 to 3.8, 3.13).

The facts say that something changed; what is done follows the newest status and point in the copy. So of a quick
suspension, return and suspension, heard in any order, the last one counts.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, update

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import locked
from contracts.registry.events import (
    AdmissionsEnded,
    EndedAdmission,
    StudentLeft,
    StudentResumed,
    StudentSuspended,
    StudentTransferred,
)
from services.courses.domain.workflows import OPEN_STATES
from services.courses.steps.leaving import follow_status, give_back
from services.courses.steps.withdrawing import WITHDRAWALS
from services.courses.tables.copies import students
from services.courses.tables.selections import selections

_s = selections.c

Change = StudentLeft | StudentSuspended | StudentResumed | StudentTransferred | EndedAdmission


def on_student_left(events: Sequence[StudentLeft], uow: UnitOfWork) -> None:
    """What is unpaid closes; paid courses and open withdrawals stay."""
    _follow_status(events, uow)


def on_admissions_ended(events: Sequence[AdmissionsEnded], uow: UnitOfWork) -> None:
    """What is unpaid closes. What is paid is put up for withdrawal: nobody could ask for that before."""
    current = _follow_status([row for event in events for row in event.ended], uow)
    give_back(uow, current)


def on_student_suspended(events: Sequence[StudentSuspended], uow: UnitOfWork) -> None:
    """What is unpaid closes; paid courses are kept."""
    _follow_status(events, uow)


def on_student_resumed(events: Sequence[StudentResumed], uow: UnitOfWork) -> None:
    """What is still unpaid may be paid until the round's deadline again."""
    _follow_status(events, uow)


def on_student_transferred(events: Sequence[StudentTransferred], uow: UnitOfWork) -> None:
    """Open selections follow the student to the new point, with all their withdrawals."""
    current = _current(events, uow)
    # Selections first: a withdrawal that is being entered holds its selection, and is seen once that is free.
    moved = _move_selections(uow, [student.id for student in current])
    WITHDRAWALS.follow(uow, {student.id: student.teaching_point_id for student in current}, about=moved)


def _current(changes: Sequence[Change], uow: UnitOfWork) -> list[Row[Any]]:
    """The students concerned, held still. Raises NotYet while the copy is older than what was told."""
    told = [(change.student_id, change.student_version) for change in changes]
    return list(locked(uow, students, at_least=told).values())


def _follow_status(changes: Sequence[Change], uow: UnitOfWork) -> list[Row[Any]]:
    current = _current(changes, uow)
    follow_status(uow, current)
    return current


def _move_selections(uow: UnitOfWork, student_ids: Sequence[UUID]) -> list[UUID]:
    elsewhere = (
        _s.student_id == students.c.id,
        ids_in(_s.student_id, student_ids),
        _s.state.in_(OPEN_STATES),
        _s.teaching_point_id != students.c.teaching_point_id,
    )
    moving = update(selections).where(*elsewhere).values(teaching_point_id=students.c.teaching_point_id)
    moved = uow.rows(moving.returning(_s.id, _s.teaching_point_id))
    for row in moved:
        uow.audit(selections, row.id, "transfer", after={"teaching_point_id": row.teaching_point_id})
    return [row.id for row in moved]
