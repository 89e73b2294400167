"""Unpaid resits that are to end. The bill decides: exams asks finance and waits in `closing` for the answer."""

from __future__ import annotations

from uuid import UUID

from chassis.work.closing import Closing
from contracts.common import ClosingReason
from contracts.exams.events import ClosingResit, ResitsClosing
from services.exams.domain.workflows import REGISTRATION
from services.exams.tables import exam_registrations


def _asking(id_: UUID, attempt: int, reason: ClosingReason) -> ClosingResit:
    return ClosingResit(registration_id=id_, attempt=attempt, reason=reason)


UNPAID_RESITS = Closing(REGISTRATION, exam_registrations, ResitsClosing, _asking)
