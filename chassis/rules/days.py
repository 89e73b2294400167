"""Which days of a record can be true: a mistyped year is refused before it is stored."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from chassis.work.reasons import Reason

EARLIEST_BIRTH: Final = date(1900, 1, 1)
LONGEST_AHEAD: Final = timedelta(days=366)
"""Records of an intake are entered before it begins, at most this long."""


def implausible_days(
    birth_on: date, enrolled_on: date | None, prior_graduated_on: date | None, today: date
) -> dict[str, Reason]:
    """Why a day can't be, by its field: born in the future, enrolled before birth or far ahead, graduated
    before birth or in the future. `today` is Shanghai's."""
    problems = {
        ("birth_on", "birth_date_implausible"): not EARLIEST_BIRTH <= birth_on <= today,
        ("enrolled_on", "enrolment_date_implausible"): enrolled_on is not None
        and not birth_on < enrolled_on <= today + LONGEST_AHEAD,
        ("prior_graduated_on", "graduation_date_implausible"): prior_graduated_on is not None
        and not birth_on < prior_graduated_on <= today,
    }
    return {field: Reason(code) for (field, code), applies in problems.items() if applies}


def first_day(intake: str) -> date:
    """The day on which students of an intake (`202609`) are enrolled, unless somebody says otherwise."""
    return date(int(intake[:4]), int(intake[4:]), 1)
