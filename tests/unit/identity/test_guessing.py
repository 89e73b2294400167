"""How often somebody may be wrong about a password."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.guessing import FORGOTTEN_AFTER, FREE_FOR_STRANGERS, LIMITS, MOST_COUNTED, Limit, Source

NOW = datetime(2026, 9, 1, tzinfo=UTC)
FEW = Limit(5, timedelta(minutes=15))


@given(st.lists(st.integers(0, 3600), max_size=12))
def test_a_source_waits_exactly_while_five_failures_lie_within_a_quarter_of_an_hour(ago: list[int]) -> None:
    failed = [NOW - timedelta(seconds=seconds) for seconds in ago]
    recent = sorted(seconds for seconds in ago if seconds < 900)
    wait = FEW.seconds_to_wait(failed, NOW)
    assert (wait > 0) == (len(recent) >= 5)
    if wait > 1:
        later = NOW + timedelta(seconds=wait)
        assert FEW.seconds_to_wait(failed, later) == 0
        assert FEW.seconds_to_wait(failed, later - timedelta(seconds=1)) > 0


def test_strangers_together_have_no_more_free_guesses_than_a_standard_allows_one_and_an_end_of_those_that_cost() -> (
    None
):
    assert FREE_FOR_STRANGERS <= 100
    assert FREE_FOR_STRANGERS < LIMITS[Source.STRANGERS].failures <= MOST_COUNTED <= 2000
    assert LIMITS.keys() == set(Source)


def test_nothing_is_forgotten_that_some_limit_still_counts() -> None:
    assert all(limit.within <= FORGOTTEN_AFTER for limit in LIMITS.values())
