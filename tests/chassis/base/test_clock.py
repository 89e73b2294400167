"""Days and times are those of Asia/Shanghai, whatever zone an instant comes in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from chassis.base.clock import SettableClock, local_date, shown

EVENING = datetime(2026, 9, 14, 16, 0, tzinfo=UTC)
"""Midnight in Shanghai: there the 15th begins."""


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    assert local_date(EVENING) == date(2026, 9, 15)
    assert local_date(EVENING - timedelta(microseconds=1)) == date(2026, 9, 14)
    assert local_date(EVENING.astimezone(timezone(timedelta(hours=-8)))) == date(2026, 9, 15)


def test_people_read_the_time_of_shanghai() -> None:
    assert shown(EVENING) == "2026-09-15 00:00"
    assert shown(EVENING.astimezone(timezone(timedelta(hours=-8)))) == "2026-09-15 00:00"


def test_a_settable_clock_stands_until_it_is_moved() -> None:
    clock = SettableClock(EVENING)
    assert clock.now() == clock.now() == EVENING
    clock.advance(timedelta(hours=1))
    assert clock.now() == EVENING + timedelta(hours=1)
    clock.set(EVENING.astimezone(timezone(timedelta(hours=8))))
    assert (clock.now(), clock.now().tzinfo) == (EVENING, UTC)
