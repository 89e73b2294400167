"""What money that came late can still pay."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest

from chassis.work.reasons import Reason
from contracts.finance.states import BillStatus
from services.finance.domain.paying import against_late_money

HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
REASONS = {
    "cancelled": "bill_cancelled",
    "paying": "bill_in_payment",
    "remitting": "bill_in_payment",
    "paid": "bill_already_paid",
    "refunding": "bill_already_paid",
    "refunded": "bill_already_paid",
    "unpaid": None,
}


@dataclass
class Bill:
    status: str
    teaching_point_id: UUID = HERE


@pytest.mark.parametrize("status", BillStatus)
def test_late_money_pays_only_what_is_unpaid(status: BillStatus) -> None:
    against = against_late_money(Bill(status), HERE, in_transfer=False)
    assert (against.code if against else None) == REASONS[status]


def test_late_money_pays_no_bill_that_has_moved_or_is_about_to() -> None:
    assert against_late_money(Bill("unpaid", ELSEWHERE), HERE, in_transfer=False) == Reason("bill_moved")
    assert against_late_money(Bill("unpaid"), HERE, in_transfer=True) == Reason("bill_moved")
