"""How long sessions last."""

from datetime import UTC, datetime, timedelta

import pytest

from services.identity.domain.lifetimes import lifetime_of

STARTED = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("student", "after", "lasts"),
    [
        (False, timedelta(), timedelta(hours=12)),
        (False, timedelta(hours=11), timedelta(hours=12)),
        (True, timedelta(), timedelta(days=7)),
        (True, timedelta(days=6), timedelta(days=13)),
        (True, timedelta(days=29), timedelta(days=30)),
    ],
)
def test_a_session_ends_unused_or_as_a_whole(student: bool, after: timedelta, lasts: timedelta) -> None:
    until = lifetime_of(student=student).until(STARTED, STARTED + after)
    assert until == STARTED + lasts
