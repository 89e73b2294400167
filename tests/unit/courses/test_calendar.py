"""The nth term of a student (CRS-13)."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.courses.domain.calendar import StudyBreak, Term, nth_term

TERMS = [
    Term(date(2026, 9, 1), date(2027, 1, 20)),
    Term(date(2027, 2, 20), date(2027, 7, 10)),
    Term(date(2027, 9, 1), date(2028, 1, 20)),
    Term(date(2028, 2, 20), date(2028, 7, 10)),
]


@pytest.mark.parametrize(
    ("on", "term"),
    [
        (date(2026, 8, 1), 1),  # before the first term: it is the one that comes
        (date(2026, 9, 1), 1),
        (date(2027, 1, 20), 1),
        (date(2027, 1, 21), 2),  # holidays: the coming term counts
        (date(2027, 7, 10), 2),
        (date(2028, 7, 10), 4),
        (date(2029, 1, 1), 4),  # the calendar ends
    ],
)
def test_terms_count_from_the_intake(on: date, term: int) -> None:
    assert nth_term(TERMS, "202609", (), on) == term


def test_a_later_intake_begins_with_its_own_term() -> None:
    assert nth_term(TERMS, "202703", (), date(2027, 3, 1)) == 1
    assert nth_term(TERMS, "202703", (), date(2027, 10, 1)) == 2


def test_an_intake_between_terms_begins_with_the_next() -> None:
    assert nth_term(TERMS, "202708", (), date(2027, 9, 5)) == 1


def test_without_a_term_for_the_intake_nothing_is_known() -> None:
    assert nth_term([], "202609", (), date(2026, 9, 1)) is None
    assert nth_term(TERMS, "203009", (), date(2026, 9, 1)) is None


def test_a_suspended_term_does_not_count() -> None:
    away = StudyBreak(date(2027, 2, 20), date(2027, 7, 10))
    assert nth_term(TERMS, "202609", (away,), date(2027, 9, 5)) == 2


def test_a_term_counts_when_at_most_half_of_it_was_suspended() -> None:
    term = Term(date(2027, 3, 1), date(2027, 3, 10))
    terms = [term, Term(date(2027, 4, 1), date(2027, 4, 10))]
    half, more = StudyBreak(date(2027, 3, 6), date(2027, 3, 10)), StudyBreak(date(2027, 3, 5), date(2027, 3, 10))
    assert nth_term(terms, "202703", (half,), date(2027, 4, 1)) == 2
    assert nth_term(terms, "202703", (more,), date(2027, 4, 1)) == 1


def test_a_suspension_without_an_end_stops_the_clock() -> None:
    assert nth_term(TERMS, "202609", (StudyBreak(date(2027, 2, 1), None),), date(2028, 7, 1)) == 1


@settings(deadline=None)  # the machine may be busy
@given(st.integers(0, 900), st.integers(0, 300), st.permutations(TERMS))
def test_the_term_never_falls_as_time_passes_and_does_not_hang_on_the_order_of_the_calendar(
    days: int, more: int, terms: list[Term]
) -> None:
    on = date(2026, 7, 1) + timedelta(days=days)
    now, later = nth_term(terms, "202609", (), on), nth_term(terms, "202609", (), on + timedelta(days=more))
    assert now is not None
    assert later is not None
    assert 1 <= now <= later <= len(TERMS)
    assert now == nth_term(TERMS, "202609", (), on)
