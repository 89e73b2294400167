"""Status changes of students (docs/sagas.md 3.6 to 3.8).

The facts say that something changed; what is done follows the newest status and point in the copy. So of a quick
suspension, return and suspension, heard in any order, the last one counts.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Table, select, update

from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import locked
from contracts.courses.states import ClosingReason
from contracts.registry.events import StudentLeft, StudentResumed, StudentSuspended, StudentTransferred
from contracts.types import EnrolmentStatus
from services.courses.domain.workflows import CLOSING, OPEN_STATES, OPEN_WITHDRAWALS, PENDING_PAYMENT
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
        _close(uow, [student.id for student in current if student.status == status], reason)
    _let_stand(uow, [student.id for student in current if student.status == EnrolmentStatus.ACTIVE])


def _close(uow: UnitOfWork, student_ids: Sequence[Any], reason: ClosingReason) -> None:
    """Close what is unpaid; what is closing already takes over the reason and waits for the answer it has asked for."""
    mine = selections.c.student_id.in_(student_ids)
    new_reason = selections.c.closing_reason.is_distinct_from(reason)
    unpaid = select(selections.c.id).where(mine, selections.c.state == PENDING_PAYMENT, new_reason)
    ids = [row.id for row in uow.rows(unpaid)]
    closing = update(selections).where(mine, selections.c.state == CLOSING, new_reason)
    for row in uow.rows(closing.values(closing_reason=reason).returning(selections.c.id)):
        uow.audit(selections, row.id, "close", after={"closing_reason": reason})
    UNPAID_SELECTIONS.ask(uow, ids, "close", reason)


def _let_stand(uow: UnitOfWork, student_ids: Sequence[Any]) -> None:
    waiting = update(selections).where(
        selections.c.student_id.in_(student_ids),
        selections.c.state == PENDING_PAYMENT,
        selections.c.closing_reason == ClosingReason.STUDENT_SUSPENDED,
    )
    stands = waiting.values(closing_reason=None, ask_again_at=None).returning(selections.c.id)
    for row in uow.rows(stands):
        uow.audit(selections, row.id, "let_stand", {"closing_reason": ClosingReason.STUDENT_SUSPENDED}, {})


def _move(uow: UnitOfWork, table: Table, states: Sequence[str], student_ids: Sequence[Any]) -> None:
    elsewhere = (
        table.c.student_id == students.c.id,
        table.c.student_id.in_(student_ids),
        table.c.state.in_(states),
        table.c.teaching_point_id != students.c.teaching_point_id,
    )
    moved = update(table).where(*elsewhere).values(teaching_point_id=students.c.teaching_point_id)
    for row in uow.rows(moved.returning(table.c.id, table.c.teaching_point_id)):
        uow.audit(table, row.id, "transfer", after={"teaching_point_id": row.teaching_point_id})
