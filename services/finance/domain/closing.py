"""Whether the bills of a selection or resit may be cancelled: the bill decides pay against cancel or lapse."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from contracts.courses.states import ClosingReason
from contracts.finance.states import BillStatus

ASK_AGAIN_AFTER = timedelta(hours=1)
"""Nobody knows how long a review takes: meanwhile a lapse is asked for every so often."""

IN_PAYMENT = frozenset({BillStatus.PAYING, BillStatus.REMITTING})
SETTLED = frozenset({BillStatus.PAID, BillStatus.REFUNDING, BillStatus.REFUNDED})


class Bill(Protocol):
    """What is read of a bill."""

    @property
    def status(self) -> str: ...
    @property
    def grace_until(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """The bills stand. Without `ask_again_at` for good: they are paid."""

    code: str
    ask_again_at: datetime | None = None


def refusal(bills: Sequence[Bill], reason: ClosingReason, now: datetime) -> Refusal | None:
    """Why the bills of one selection can't be cancelled now, or None when they can.

    The grace period after a rejected remittance protects from the lapse only: who cancels or leaves does so at once.
    """
    statuses = {BillStatus(bill.status) for bill in bills}
    if statuses & IN_PAYMENT:
        return Refusal("payment_in_review", now + ASK_AGAIN_AFTER)
    if statuses & SETTLED:
        return Refusal("already_paid")
    grace = max((bill.grace_until for bill in bills if bill.grace_until is not None), default=now)
    if reason is ClosingReason.LAPSED and BillStatus.UNPAID in statuses and grace > now:
        return Refusal("grace_period_running", grace)
    return None
