"""Work that is due by the clock."""

from sqlalchemy import and_, or_, select

from chassis.data.unit_of_work import UnitOfWork
from contracts.base import MAX_EVENT_ROWS
from services.courses.domain.workflows import PENDING_PAYMENT
from services.courses.steps.closing import close
from services.courses.tables.selections import selection_rounds, selections


def close_unpaid(uow: UnitOfWork) -> int:
    """Ask to close what was not paid by the round's deadline, and ask again where finance refused and the time it
    named has come; how many. Finance refuses while a payment is in review."""
    reason = selections.c.closing_reason
    due = or_(
        and_(reason.is_(None), selection_rounds.c.payment_deadline <= uow.now),
        and_(reason.is_not(None), selections.c.ask_again_at <= uow.now),
    )
    statement = (
        select(selections.c.id)
        .join(selection_rounds, selection_rounds.c.id == selections.c.selection_round_id)
        .where(selections.c.state == PENDING_PAYMENT, due)
        .order_by(selections.c.id)
        .limit(MAX_EVENT_ROWS)
        .with_for_update(of=selections, skip_locked=True)
    )
    ids = [row.id for row in uow.rows(statement)]
    close(uow, ids, "close")
    return len(ids)
