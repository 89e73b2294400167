"""What money that came late can still pay."""

from typing import Protocol
from uuid import UUID

from contracts.finance.states import BillStatus


class Bill(Protocol):
    """What is read of a bill."""

    @property
    def status(self) -> str: ...
    @property
    def teaching_point_id(self) -> UUID: ...


def unusable(bill: Bill, teaching_point_id: UUID, in_transfer: bool) -> str | None:
    """Why money of this point that came late can't pay a bill any more, or None when it can."""
    match BillStatus(bill.status):
        case BillStatus.CANCELLED:
            return "bill_cancelled"
        case BillStatus.PAYING | BillStatus.REMITTING:
            return "bill_in_payment"
        case BillStatus.PAID | BillStatus.REFUNDING | BillStatus.REFUNDED:
            return "bill_already_paid"
        case BillStatus.UNPAID:
            # Whoever pays gets the money back one day: it must be the point that the bill belongs to, and stays with.
            return "bill_moved" if in_transfer or bill.teaching_point_id != teaching_point_id else None
