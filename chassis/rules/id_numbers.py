"""Resident ID numbers (GB 11643-1999 with the check digit of ISO 7064 MOD 11-2) and the numbers of other documents.

Whether the place in a number exists is not judged: places come and go, and real cards keep theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.text.cleaning import document_number
from contracts.types import Gender, IdKind

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS: Final = "10X98765432"
_OLD_LENGTH, _LENGTH = 15, 18
_OTHER = re.compile(r"[0-9A-Z\u4e00-\u9fff()-]{5,30}")
_OLDEST: Final = date(1900, 1, 1)


class IdNumberError(ValueError):
    """What is wrong with an ID number; `code` is that of a refusal."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class ResidentNumber:
    """A valid resident ID number, 18 characters, and what it tells."""

    number: str
    birth_on: date
    gender: Gender


def check_digit(first: str) -> str:
    """The last character of a resident ID number, from the 17 digits before it."""
    return _CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]


def resident_number(text: str, today: date) -> ResidentNumber:
    """Read a resident ID number; an old one of 15 digits becomes the 18 of today (century 19, check digit added).

    Raises IdNumberError `id_number_wrong_length`, `id_number_bad_characters`, `id_number_check_digit_wrong` or
    `id_number_birth_date_wrong`.
    """
    number = document_number(text)
    if len(number) not in (_OLD_LENGTH, _LENGTH):
        raise IdNumberError("id_number_wrong_length")
    digits, last = (number, "") if len(number) == _OLD_LENGTH else (number[:-1], number[-1])
    if not (digits.isascii() and digits.isdigit()) or last not in ("", *_CHECK_DIGITS):
        raise IdNumberError("id_number_bad_characters")
    if last == "":
        digits = f"{digits[:6]}19{digits[6:]}"
    elif check_digit(digits) != last:
        raise IdNumberError("id_number_check_digit_wrong")
    birth_on = _birth_date(digits[6:14], today)
    gender = Gender.MALE if int(digits[16]) % 2 else Gender.FEMALE
    return ResidentNumber(digits + check_digit(digits), birth_on, gender)


def other_number(text: str) -> str:
    """The number of a document of another kind, which have no common form. Raises IdNumberError `field_bad_format`."""
    number = document_number(text)
    if not _OTHER.fullmatch(number):
        raise IdNumberError("field_bad_format")
    return number


@dataclass(frozen=True, slots=True)
class Identification:
    """Document, birth and gender of a person, agreeing with each other."""

    id_kind: IdKind
    id_number: str
    birth_on: date


def identify(
    kind: IdKind, text: str, gender: Gender | None, birth_on: date | None, today: date
) -> tuple[Identification | None, list[str]]:
    """What a document tells of a person, and every code of what is wrong with it.

    A resident number tells the birth date, and gender and birth date must agree with it; documents of other kinds
    don't, so the birth date must be given.
    """
    try:
        if kind is not IdKind.RESIDENT:
            number = other_number(text)
            return (Identification(kind, number, birth_on), []) if birth_on else (None, ["birth_date_required"])
        resident = resident_number(text, today)
    except IdNumberError as error:
        return None, [error.code]
    problems = {
        "id_number_gender_differs": gender is not None and gender is not resident.gender,
        "id_number_birth_differs": birth_on is not None and birth_on != resident.birth_on,
    }
    found = [code for code, applies in problems.items() if applies]
    return (None, found) if found else (Identification(kind, resident.number, resident.birth_on), [])


def _birth_date(digits: str, today: date) -> date:
    try:
        birth_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise IdNumberError("id_number_birth_date_wrong") from None
    if not _OLDEST <= birth_on <= today:
        raise IdNumberError("id_number_birth_date_wrong")
    return birth_on
