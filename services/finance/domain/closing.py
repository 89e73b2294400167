"""Whether the bills of a selection or resit may be cancelled: the bill decides pay against cancel or lapse."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from chassis.base.clock import shown
from chassis.work.reasons import Reason
from contracts.common import ClosingReason
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


def against_cancelling(bills: Sequence[Bill], reason: ClosingReason, now: datetime) -> Reason | None:
    """Why the bills of one selection or resit can't be cancelled now.

    The grace period after a rejected remittance protects from the lapse only: who cancels or leaves does so at once.
    """
    statuses = {BillStatus(bill.status) for bill in bills}
    if statuses & IN_PAYMENT:
        return Reason("payment_in_review")
    if statuses & SETTLED:
        return Reason("already_paid")
    grace_until = _grace_until(bills)
    if reason is ClosingReason.LAPSED and BillStatus.UNPAID in statuses and grace_until and grace_until > now:
        return Reason("grace_period_running", {"grace_until": shown(grace_until)})
    return None


def ask_again_at(against: Reason, bills: Sequence[Bill], now: datetime) -> datetime | None:
    """When these bills may be asked about again. None: never, they are paid."""
    times = {"payment_in_review": now + ASK_AGAIN_AFTER, "grace_period_running": _grace_until(bills)}
    return times.get(against.code)


def _grace_until(bills: Sequence[Bill]) -> datetime | None:
    return max((bill.grace_until for bill in bills if bill.grace_until is not None), default=None)
