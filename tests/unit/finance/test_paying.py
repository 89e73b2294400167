"""On which days money can have moved, and what money that came late can still pay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest

from chassis.work.reasons import Reason
from contracts.finance.states import BillStatus
from services.finance.domain.paying import against_day, against_late_money

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


TODAY = date(2026, 9, 15)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (TODAY, None),
        (date(2025, 9, 14), None),
        (date(2026, 9, 16), "money_day_in_future"),
        (date(2199, 12, 31), "money_day_in_future"),
        (date(2025, 9, 13), "money_day_too_long_ago"),
        (date(1999, 1, 1), "money_day_too_long_ago"),
    ],
)
def test_money_moves_today_or_within_a_year_before(day: date, code: str | None) -> None:
    reason = against_day(day, TODAY)
    assert (reason and reason.code) == code


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
