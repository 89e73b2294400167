"""Due work of exams."""

from __future__ import annotations

from chassis.data.unit_of_work import UnitOfWork
from services.exams.steps.closing import UNPAID_RESITS
from services.exams.tables import exam_registrations, exam_rounds


def close_unpaid_resits(uow: UnitOfWork) -> int:
    """Close resits that were not paid when registration closed, and ask again for those whose bill was in payment
    when their student left or was suspended; how many."""
    belongs = exam_rounds.c.id == exam_registrations.c.exam_round_id
    return UNPAID_RESITS.ask_due(uow, exam_rounds.c.registration_closes_at, belongs)
