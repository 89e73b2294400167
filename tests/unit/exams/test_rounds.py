"""The rules of rounds and sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.work.reasons import Reason
from services.exams.domain.rounds import (
    Session,
    against_arrangement,
    against_change,
    against_session,
    against_window,
    candidates_with_clash,
)

CLOSES_AT = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def refusal(reason: Reason | None) -> str | None:
    return reason.code if reason else None


def session(number: int, start_hours: float, hours: float = 1.5) -> Session:
    starts_at = CLOSES_AT + start_hours * HOUR
    return Session(UUID(int=number), f"第{number}场", starts_at, starts_at + hours * HOUR)


def test_a_session_may_begin_the_moment_registration_closes_and_follow_another_at_once() -> None:
    assert against_session(session(1, 0), [session(2, 1.5)], CLOSES_AT) is None


def test_a_session_before_the_close_is_refused() -> None:
    assert refusal(against_session(session(1, -0.1), [], CLOSES_AT)) == "session_before_close"


@pytest.mark.parametrize("start", [-1.4, 0, 0.5, 1.4])
def test_sessions_of_a_round_do_not_overlap(start: float) -> None:
    assert refusal(against_session(session(1, 10 + start), [session(2, 10)], CLOSES_AT)) == "sessions_overlap"


def test_a_session_does_not_overlap_with_itself() -> None:
    assert against_session(session(1, 2), [session(1, 2.5)], CLOSES_AT) is None


@given(st.floats(0, 48), st.floats(0.1, 5), st.floats(0, 48), st.floats(0.1, 5))
def test_overlapping_is_mutual(start: float, length: float, other_start: float, other_length: float) -> None:
    one, other = session(1, start, length), session(2, other_start, other_length)
    assert one.overlaps(other) == other.overlaps(one)


def test_the_window_stays_before_every_session() -> None:
    assert against_window([session(1, 5)], CLOSES_AT + 5 * HOUR) is None
    assert refusal(against_window([session(1, 5), session(2, 9)], CLOSES_AT + 6 * HOUR)) == "session_before_close"


def test_nothing_changes_once_the_arrangement_is_published() -> None:
    assert against_change("KS1", None) is None
    assert refusal(against_change("KS1", CLOSES_AT)) == "arrangement_published"


@pytest.mark.parametrize(
    ("status", "arranged_at", "now", "code"),
    [
        ("draft", None, CLOSES_AT, "step_not_allowed"),
        ("published", CLOSES_AT, CLOSES_AT + HOUR, "step_not_allowed"),
        ("published", None, CLOSES_AT - HOUR, "registration_still_open"),
    ],
)
def test_an_arrangement_is_published_once_after_registration(
    status: str, arranged_at: datetime | None, now: datetime, code: str
) -> None:
    assert against_arrangement("published", None, CLOSES_AT, CLOSES_AT) is None
    assert refusal(against_arrangement(status, arranged_at, CLOSES_AT, now)) == code


def test_who_has_two_papers_in_one_session_clashes() -> None:
    one, two, first, second = (UUID(int=n) for n in range(4))
    assert candidates_with_clash([(one, first), (one, second), (two, first)]) == set()
    assert candidates_with_clash([(one, first), (one, first), (two, first)]) == {one}
