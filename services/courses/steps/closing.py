"""Unpaid selections that are to end. The bill decides: courses asks finance and waits in `closing` for the answer."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.steps import Taken, take
from contracts.base import Event
from contracts.courses.events import ClosingSelection, SelectionsClosing
from contracts.courses.states import ClosingReason
from contracts.errors import ServiceError
from services.courses.domain.workflows import SELECTION
from services.courses.tables.selections import selections


def close(
    uow: UnitOfWork,
    ids: Sequence[UUID],
    action: str,
    reason: ClosingReason | None = None,
    *,
    against: Mapping[UUID, ServiceError] | None = None,
    because: Event | None = None,
) -> Taken:
    """Move unpaid selections to `closing` and ask for their bills to be cancelled. Without a `reason` each keeps the
    one of its earlier asking, or lapses."""
    kept = func.coalesce(selections.c.closing_reason, ClosingReason.LAPSED)
    values = {
        "closing_attempt": selections.c.closing_attempt + 1,
        "closing_reason": reason or kept,
        "ask_again_at": None,
    }
    taken = take(uow, SELECTION, selections, ids, action, values=values, against=against)
    asked = [
        ClosingSelection(
            selection_id=row.id,
            attempt=row.closing_attempt + 1,
            reason=reason or row.closing_reason or ClosingReason.LAPSED,
        )
        for row in taken.rows
    ]
    uow.publish_rows(SelectionsClosing, "selections", asked, because=because)
    return taken
