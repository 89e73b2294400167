"""Due work of exams."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row, or_, select

from chassis.data.unit_of_work import UnitOfWork
from contracts.courses.states import ClosingReason
from contracts.exams.states import RegistrationState
from services.exams.steps.registrations import close_resits
from services.exams.tables import exam_registrations, exam_rounds

_r = exam_registrations.c
AT_ONCE: Final = 500
_ASKED_AGAIN: Final = (ClosingReason.STUDENT_LEFT, ClosingReason.STUDENT_SUSPENDED)


def close_unpaid_resits(uow: UnitOfWork) -> int:
    """Close resits that were not paid when registration closed, and ask again for those whose bill was in payment
    when their student left or was suspended; how many."""
    over = exam_rounds.c.registration_closes_at <= uow.now
    due = (
        select(exam_registrations)
        .join(exam_rounds, exam_rounds.c.id == _r.exam_round_id)
        .where(
            _r.state == RegistrationState.PENDING_PAYMENT,
            or_(over, _r.closing_reason.in_(_ASKED_AGAIN)),
            or_(_r.ask_again_at.is_(None), _r.ask_again_at <= uow.now),
        )
        .order_by(_r.id)
        .limit(AT_ONCE)
        .with_for_update(of=exam_registrations, skip_locked=True)
    )
    by_reason: dict[ClosingReason, list[Row[Any]]] = {}
    rows = uow.rows(due)
    for row in rows:
        reason = ClosingReason(row.closing_reason) if row.closing_reason in _ASKED_AGAIN else ClosingReason.LAPSED
        by_reason.setdefault(reason, []).append(row)
    for reason, closing in by_reason.items():
        close_resits(uow, closing, "close", reason)
    return len(rows)
