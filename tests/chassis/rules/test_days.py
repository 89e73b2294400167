"""A mistyped year is told from a possible one."""

from datetime import date

import pytest

from chassis.rules.days import implausible_days

TODAY = date(2026, 9, 1)
BORN = date(1990, 5, 20)


@pytest.mark.parametrize(
    ("birth_on", "enrolled_on", "graduated_on", "fields"),
    [
        (BORN, None, None, []),
        (BORN, date(2026, 9, 1), date(2008, 7, 1), []),
        (BORN, date(2027, 9, 2), TODAY, []),
        (BORN, date(2027, 9, 3), None, ["enrolled_on"]),
        (BORN, date(2226, 9, 1), None, ["enrolled_on"]),
        (BORN, date(1026, 9, 1), None, ["enrolled_on"]),
        (BORN, BORN, None, ["enrolled_on"]),
        (BORN, None, date(208, 7, 1), ["prior_graduated_on"]),
        (BORN, None, date(2026, 9, 2), ["prior_graduated_on"]),
        (BORN, date(1901, 9, 1), date(1901, 7, 1), ["enrolled_on", "prior_graduated_on"]),
        (date(1900, 1, 1), None, None, []),
        (date(1899, 12, 31), None, None, ["birth_on"]),
        (date(998, 5, 20), None, None, ["birth_on"]),
        (TODAY, None, None, []),
        (date(2026, 9, 2), None, None, ["birth_on"]),
    ],
)
def test_days_that_cannot_be_are_named(
    birth_on: date, enrolled_on: date | None, graduated_on: date | None, fields: list[str]
) -> None:
    assert [*implausible_days(birth_on, enrolled_on, graduated_on, TODAY)] == fields
