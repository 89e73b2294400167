"""Intakes of programme versions, the default end of withdrawing, and the states of a plan."""

from datetime import UTC, datetime

import pytest

from services.courses.domain.plan import plan_state
from services.courses.domain.programmes import month_before
from services.courses.domain.rounds import month_after


@pytest.mark.parametrize(("intake", "before"), [("202609", "202608"), ("202701", "202612"), ("202612", "202611")])
def test_a_version_ends_with_the_month_before_the_next_one(intake: str, before: str) -> None:
    assert month_before(intake) == before


@pytest.mark.parametrize(
    ("closes", "month_later"),
    [
        (datetime(2026, 10, 14, 16, tzinfo=UTC), datetime(2026, 11, 14, 16, tzinfo=UTC)),
        (datetime(2026, 12, 15, 4, tzinfo=UTC), datetime(2027, 1, 15, 4, tzinfo=UTC)),
        # 31 January 01:00 in Shanghai is still the 30th in UTC, and February is shorter.
        (datetime(2027, 1, 30, 17, tzinfo=UTC), datetime(2027, 2, 27, 17, tzinfo=UTC)),
    ],
)
def test_withdrawing_ends_a_month_after_selecting_by_the_local_calendar(
    closes: datetime, month_later: datetime
) -> None:
    assert month_after(closes) == month_later


@pytest.mark.parametrize(
    ("selection", "withdrawal", "state"),
    [
        (None, None, "not_selected"),
        ("pending_payment", None, "pending_payment"),
        ("closing", None, "closing"),
        ("selected", None, "selected"),
        ("selected", "pending_academic", "selected"),
        ("selected", "pending_finance", "withdrawing"),
        ("selected", "finance_approved", "withdrawing"),
        ("selected", "finance_rejected", "selected"),
        ("withdrawn", "refunded", "withdrawn"),
        ("cancelled", None, "not_selected"),
        ("lapsed", None, "not_selected"),
    ],
)
def test_a_plan_shows_where_a_course_stands(selection: str | None, withdrawal: str | None, state: str) -> None:
    assert plan_state(selection, withdrawal) == state
