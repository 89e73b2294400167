"""Status changes of students (docs/sagas.md 3.6 to 3.8).

The facts say that something changed; what is done follows the newest status and point in the copy. So of a quick
suspension, return and suspension, heard in any order, the last one counts.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Table, update

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import locked
from contracts.common import ClosingReason
from contracts.registry.events import StudentLeft, StudentResumed, StudentSuspended, StudentTransferred
from contracts.types import EnrolmentStatus
from services.courses.domain.workflows import OPEN_STATES, OPEN_WITHDRAWALS
from services.courses.steps.closing import UNPAID_SELECTIONS
from services.courses.tables.copies import students
from services.courses.tables.selections import selections, withdrawals

Changes = Sequence[StudentLeft] | Sequence[StudentSuspended] | Sequence[StudentResumed] | Sequence[StudentTransferred]

CLOSES = {
    EnrolmentStatus.LEFT: ClosingReason.STUDENT_LEFT,
    EnrolmentStatus.SUSPENDED: ClosingReason.STUDENT_SUSPENDED,
}


def on_student_left(events: Sequence[StudentLeft], uow: UnitOfWork) -> None:
    """What is unpaid closes; paid courses and open withdrawals stay."""
    _follow_status(events, uow)


def on_student_suspended(events: Sequence[StudentSuspended], uow: UnitOfWork) -> None:
    """What is unpaid closes; paid courses are kept."""
    _follow_status(events, uow)


def on_student_resumed(events: Sequence[StudentResumed], uow: UnitOfWork) -> None:
    """What is still unpaid may be paid until the round's deadline again."""
    _follow_status(events, uow)


def on_student_transferred(events: Sequence[StudentTransferred], uow: UnitOfWork) -> None:
    """Open selections and withdrawals follow the student to the new point."""
    ids = [student.id for student in _current(events, uow)]
    # Selections first: a withdrawal that is being entered holds its selection, and is seen once that is free.
    for table, states in ((selections, OPEN_STATES), (withdrawals, OPEN_WITHDRAWALS)):
        _move(uow, table, states, ids)


def _current(events: Changes, uow: UnitOfWork) -> list[Row[Any]]:
    """The students concerned, held still. Raises NotYet while the copy is older than what an event tells."""
    told = [(event.student_id, event.student_version) for event in events]
    return list(locked(uow, students, at_least=told).values())


def _follow_status(events: Changes, uow: UnitOfWork) -> None:
    current = _current(events, uow)
    for status, reason in CLOSES.items():
        UNPAID_SELECTIONS.close_of(uow, [student.id for student in current if student.status == status], reason)
    UNPAID_SELECTIONS.resume(uow, [student.id for student in current if student.status == EnrolmentStatus.ACTIVE])


def _move(uow: UnitOfWork, table: Table, states: Sequence[str], student_ids: Sequence[Any]) -> None:
    elsewhere = (
        table.c.student_id == students.c.id,
        ids_in(table.c.student_id, student_ids),
        table.c.state.in_(states),
        table.c.teaching_point_id != students.c.teaching_point_id,
    )
    moved = update(table).where(*elsewhere).values(teaching_point_id=students.c.teaching_point_id)
    for row in uow.rows(moved.returning(table.c.id, table.c.teaching_point_id)):
        uow.audit(table, row.id, "transfer", after={"teaching_point_id": row.teaching_point_id})
