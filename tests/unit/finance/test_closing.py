"""Whether bills can be cancelled: the bill decides."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from contracts.courses.states import ClosingReason
from contracts.finance.states import BillStatus
from services.finance.domain.closing import refusal

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
    refused = refusal([Bill(status) for status in statuses], reason, NOW)
    assert (refused.code if refused else None) == code


def test_every_status_is_decided_about() -> None:
    for status in BillStatus:
        cancellable = refusal([Bill(status)], ClosingReason.CANCELLED, NOW) is None
        assert cancellable == (status in (BillStatus.UNPAID, BillStatus.CANCELLED))


@pytest.mark.parametrize("reason", ClosingReason)
def test_the_grace_period_protects_from_the_lapse_alone(reason: ClosingReason) -> None:
    refused = refusal([Bill("unpaid", LATER), Bill("unpaid")], reason, NOW)
    if reason is ClosingReason.LAPSED:
        assert refused is not None
        assert (refused.code, refused.ask_again_at) == ("grace_period_running", LATER)
    else:
        assert refused is None
    assert refusal([Bill("unpaid", NOW)], reason, NOW) is None
