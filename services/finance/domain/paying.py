"""What money that came late can still pay."""

from typing import Protocol
from uuid import UUID

from chassis.work.reasons import Reason
from contracts.finance.states import BillStatus


class Bill(Protocol):
    """What is read of a bill."""

    @property
    def status(self) -> str: ...
    @property
    def teaching_point_id(self) -> UUID: ...


def against_late_money(bill: Bill, teaching_point_id: UUID, in_transfer: bool) -> Reason | None:
    """Why money of this point that came late can't pay a bill any more."""
    match BillStatus(bill.status):
        case BillStatus.CANCELLED:
            return Reason("bill_cancelled")
        case BillStatus.PAYING | BillStatus.REMITTING:
            return Reason("bill_in_payment")
        case BillStatus.PAID | BillStatus.REFUNDING | BillStatus.REFUNDED:
            return Reason("bill_already_paid")
        case BillStatus.UNPAID:
            # Whoever pays gets the money back one day: it must be the point that the bill belongs to, and stays with.
            moved = in_transfer or bill.teaching_point_id != teaching_point_id
            return Reason("bill_moved") if moved else None
