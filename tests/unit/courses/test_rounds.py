"""The default end of withdrawing."""

from datetime import UTC, datetime

import pytest

from services.courses.domain.rounds import month_after


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
