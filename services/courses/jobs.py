"""Work that is due by the clock."""

from sqlalchemy import and_, or_, select

from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import locked
from chassis.messages.rebuilt import AFTER_A_REBUILD, asked_for_at
from contracts.base import MAX_EVENT_ROWS
from contracts.common import ClosingReason
from contracts.registry.events import StudentState
from contracts.types import EnrolmentStatus
from services.courses.domain.workflows import PENDING_PAYMENT, SELECTED
from services.courses.steps.closing import UNPAID_SELECTIONS
from services.courses.steps.leaving import follow_status, give_back
from services.courses.steps.withdrawing import GONE, is_put_up
from services.courses.tables.copies import students
from services.courses.tables.selections import selection_rounds, selections


def close_unpaid(uow: UnitOfWork) -> int:
    """Ask to close what was not paid by the round's deadline, and ask again where finance refused and the time it
    named has come; how many. Finance refuses while a payment is in review."""
    belongs = selection_rounds.c.id == selections.c.selection_round_id
    return UNPAID_SELECTIONS.ask_due(uow, selection_rounds.c.payment_deadline, belongs)


def follow_students(uow: UnitOfWork) -> int:
    """End what is left of students who are gone, after the copy was fetched anew; of how many. What the registry
    tells, reactions follow at once; but a service that was set back does not hear it again."""
    if asked_for_at(uow, StudentState, AFTER_A_REBUILD) is None:
        return 0
    s, columns = selections.c, students.c
    unpaid = and_(s.state == PENDING_PAYMENT, s.closing_reason.is_distinct_from(ClosingReason.STUDENT_LEFT))
    paid = and_(s.state == SELECTED, columns.status == EnrolmentStatus.ADMISSION_CANCELLED, ~is_put_up(s.id))
    left_over = (
        select(columns.id)
        .join(selections, s.student_id == columns.id)
        .where(columns.status.in_(GONE), or_(unpaid, paid))
        .distinct()
        .limit(MAX_EVENT_ROWS)
    )
    gone = list(locked(uow, students, [row.id for row in uow.rows(left_over)]).values())
    follow_status(uow, gone)
    give_back(uow, gone)
    return len(gone)
