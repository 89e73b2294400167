"""Numbers that are shown as days: by which formats, and which days they are.

The ids of built-in formats are those of ECMA-376 part 1, 18.8.30, with 27 to 36 and 50 to 58, which Chinese and
Japanese programs write without saying what they mean.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, timedelta

from chassis.papers.reading.cells import LONGEST, LONGEST_FORMAT, NUL, Cell, Kind, checked_number

DAY_IDS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""What the other built-in ids show; General where they stand for nothing."""

# What a format says literally is no part of a day: "...", \x, _x, *x and [colours and conditions].
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]')
_DAY_SIGN = re.compile(r"[dmyhsge年月日时分秒]", re.IGNORECASE)
_GENERAL = re.compile(r"general|g/通用格式|standard", re.IGNORECASE)
_EXPONENT = re.compile(r"[0#?]e[+-]", re.IGNORECASE)

_EPOCH_1900, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - spreadsheets know no zones
_FIRST_MARCH_1900 = 61
_LAST = 2_958_465
"""The number of 9999-12-31, counted from 1900."""
_LATER = 1_462
"""Days that counting from 1904 begins later."""
_WRITTEN = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:[.,][0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_MIDNIGHT, _MIDNIGHT_BEHIND = frozenset({None, "00:00", "00:00:00"}), frozenset({"24:00", "24:00:00"})


def shows_a_day(number_format: str) -> bool:
    """Whether this format shows a number as a day or a time."""
    if len(number_format) > LONGEST_FORMAT:
        return False
    shown = _GENERAL.sub("", _LITERAL.sub("", number_format.partition(";")[0]))
    return _DAY_SIGN.search(_EXPONENT.sub("", shown)) is not None


def number_cell(digits: str, number_format: str, *, is_day: bool, from_1904: bool, calculated: bool = False) -> Cell:
    """A number as it is meant: a day where it is shown as one. Excel's calendar has a 29th of February 1900 (60)."""
    number = checked_number(digits)
    if is_day and (day := _day(number, from_1904)) is not None:
        return Cell(Kind.DAY, day, calculated=calculated)
    shown = "" if _GENERAL.fullmatch(number_format) else number_format.replace(NUL, "")[:LONGEST_FORMAT]
    return Cell(Kind.NUMBER, digits, shown, calculated)


def day_cell(written: str, *, calculated: bool = False) -> Cell:
    """A day that is written out (ISO 8601), with its time where that is not midnight: `24:00` is that of the next."""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        return Cell(Kind.DAY, written[: LONGEST + 1], calculated=calculated)
    day, time = found.groups()
    if time in _MIDNIGHT_BEHIND:
        with suppress(ValueError, OverflowError):  # where there is no such day, the column says so
            day, time = (date.fromisoformat(day) + timedelta(days=1)).isoformat(), None
    return Cell(Kind.DAY, day if time in _MIDNIGHT else f"{day} {time}", calculated=calculated)


def _day(number: float, from_1904: bool) -> str | None:
    """The day, with its time where that is not midnight."""
    first, last = (0, _LAST - _LATER) if from_1904 else (_FIRST_MARCH_1900, _LAST)
    if not first <= number <= last:
        return None
    instant = (_EPOCH_1904 if from_1904 else _EPOCH_1900) + timedelta(seconds=round(number * 86_400))
    midnight = (instant.hour, instant.minute, instant.second) == (0, 0, 0)
    return instant.date().isoformat() if midnight else instant.isoformat(" ", "seconds")
