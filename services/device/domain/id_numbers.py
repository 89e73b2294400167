"""Numbers on identity cards: GB 11643-1999 with its ISO 7064 MOD 11-2 check digit, and the older foreign number."""

import re
from datetime import date

from contracts.device.events import Sex

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_FOREIGN_2017 = re.compile(r"[A-Z]{3}[0-9]{12}")


def check_digit(first_17: str) -> str:
    """The eighteenth character that belongs to seventeen digits."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True))
    return _CHECK_DIGITS[total % 11]


def resident_problem(number: str) -> str | None:
    """What is wrong with an 18-character number, as a problem code."""
    if not _RESIDENT.fullmatch(number):
        return "not_an_id_number"
    return None if check_digit(number[:17]) == number[17] else "check_digit_wrong"


def foreign_2017_problem(number: str) -> str | None:
    """Three letters of nationality and twelve digits. Its check digit's rule is not public, so it is not checked."""
    return None if _FOREIGN_2017.fullmatch(number) else "not_an_id_number"


def foreign_2023_problem(number: str) -> str | None:
    """An 18-character number that starts with 9. How its inner digits are dealt is not public."""
    return resident_problem(number) or (None if number.startswith("9") else "not_an_id_number")


def birth_date_of(number: str) -> date | None:
    """The birth date inside a resident number; None when those digits are no date."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(number: str) -> Sex:
    """The seventeenth digit of a resident number is odd for men and even for women."""
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
