"""Whether bills can be cancelled: the bill decides."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from chassis.work.reasons import Reason
from contracts.common import ClosingReason
from contracts.finance.states import BillStatus
from services.finance.domain.closing import against_cancelling, ask_again_at

NOW = datetime(2026, 10, 20, tzinfo=UTC)
LATER = NOW + timedelta(days=3)


@dataclass
class Bill:
    status: str
    grace_until: datetime | None = None


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ([], None),
        (["unpaid", "unpaid"], None),
        (["cancelled", "cancelled"], None),
        (["unpaid", "remitting"], "payment_in_review"),
        (["paying"], "payment_in_review"),
        (["paid", "remitting"], "payment_in_review"),
        (["paid", "unpaid"], "already_paid"),
        (["refunding", "paid"], "already_paid"),
        (["refunded"], "already_paid"),
    ],
)
@pytest.mark.parametrize("reason", ClosingReason)
def test_money_on_its_way_or_there_keeps_the_bills(
    statuses: list[str], code: str | None, reason: ClosingReason
) -> None:
    against = against_cancelling([Bill(status) for status in statuses], reason, NOW)
    assert (against.code if against else None) == code


def test_every_status_is_decided_about() -> None:
    for status in BillStatus:
        cancellable = against_cancelling([Bill(status)], ClosingReason.CANCELLED, NOW) is None
        assert cancellable == (status in (BillStatus.UNPAID, BillStatus.CANCELLED))


@pytest.mark.parametrize("reason", ClosingReason)
def test_the_grace_period_protects_from_the_lapse_alone(reason: ClosingReason) -> None:
    against = against_cancelling([Bill("unpaid", LATER), Bill("unpaid")], reason, NOW)
    protects = Reason("grace_period_running", {"grace_until": "2026-10-23 08:00"})
    assert against == (protects if reason is ClosingReason.LAPSED else None)
    assert against_cancelling([Bill("unpaid", NOW)], reason, NOW) is None


@pytest.mark.parametrize(
    ("bills", "again"),
    [
        ([Bill("remitting")], NOW + timedelta(hours=1)),
        ([Bill("unpaid", LATER), Bill("unpaid", NOW)], LATER),
        ([Bill("paid", LATER)], None),
    ],
    ids=["in review: every so often", "grace period: when the last one ends", "paid: never"],
)
def test_what_stands_is_asked_about_again_when_it_may_have_changed(bills: list[Bill], again: datetime | None) -> None:
    against = against_cancelling(bills, ClosingReason.LAPSED, NOW)
    assert against is not None
    assert ask_again_at(against, bills, NOW) == again
