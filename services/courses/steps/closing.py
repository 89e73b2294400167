"""Unpaid selections that are to end. The bill decides: courses asks finance and waits in `closing` for the answer."""

from uuid import UUID

from chassis.work.closing import Closing
from contracts.common import ClosingReason
from contracts.courses.events import ClosingSelection, SelectionsClosing
from services.courses.domain.workflows import SELECTION
from services.courses.tables.selections import selections


def _asking(id_: UUID, attempt: int, reason: ClosingReason) -> ClosingSelection:
    return ClosingSelection(selection_id=id_, attempt=attempt, reason=reason)


UNPAID_SELECTIONS = Closing(SELECTION, selections, SelectionsClosing, _asking)
