"""Work that is due by the clock."""

from chassis.data.unit_of_work import UnitOfWork
from services.courses.steps.closing import UNPAID_SELECTIONS
from services.courses.tables.selections import selection_rounds, selections


def close_unpaid(uow: UnitOfWork) -> int:
    """Ask to close what was not paid by the round's deadline, and ask again where finance refused and the time it
    named has come; how many. Finance refuses while a payment is in review."""
    belongs = selection_rounds.c.id == selections.c.selection_round_id
    return UNPAID_SELECTIONS.ask_due(uow, selection_rounds.c.payment_deadline, belongs)
