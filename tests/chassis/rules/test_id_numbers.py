"""ID numbers: GB 11643-1999 and what a document tells of a person."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.rules.id_numbers import (
    Identification,
    IdNumberError,
    check_digit,
    identify,
    other_number,
    resident_number,
)
from contracts.types import Gender, IdKind

TODAY = date(2026, 9, 1)
GOOD = "320311194912310027"  # a number made up for this test: born 1949-12-31, female
X_FIRST = "32031119980520000"
FIRST_17 = st.builds(
    lambda area, born, serial: f"{area}{born:%Y%m%d}{serial:03d}",
    st.integers(100000, 999999),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)


def code_of(text: str) -> str:
    with pytest.raises(IdNumberError) as refused:
        resident_number(text, TODAY)
    return refused.value.code


@given(FIRST_17)
def test_a_number_with_its_check_digit_tells_birth_date_and_gender(first: str) -> None:
    told = resident_number(first + check_digit(first), TODAY)
    assert f"{told.birth_on:%Y%m%d}" == first[6:14]
    assert told.gender is (Gender.MALE if int(first[16]) % 2 else Gender.FEMALE)


@given(FIRST_17, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(first: str, place: int, shift: int) -> None:
    wrong = first[:place] + str((int(first[place]) + shift) % 10) + first[place + 1 :]
    assert code_of(wrong + check_digit(first)) == "id_number_check_digit_wrong"


@given(FIRST_17)
def test_the_check_digit_is_that_of_iso_7064_mod_11_2(first: str) -> None:
    whole = [10 if c == "X" else int(c) for c in first + check_digit(first)]
    total = 0
    for digit in whole:
        total = (total * 2 + digit) % 11
    assert total == 1


def test_small_x_wide_digits_and_spaces_are_tidied() -> None:
    first = next(f for f in (f"{X_FIRST[:-1]}{n}" for n in range(10)) if check_digit(f) == "X")
    wide = (first + "x").translate({ord(str(n)): 0xFF10 + n for n in range(10)})
    assert resident_number(f" {wide} ", TODAY).number == first + "X"


def test_places_that_are_gone_or_abroad_are_not_judged() -> None:
    for area in ("110112", "119999", "810000", "830000", "913202"):
        first = f"{area}19600101001"
        assert resident_number(first + check_digit(first), TODAY).birth_on == date(1960, 1, 1)


def test_an_old_number_of_15_digits_becomes_one_of_18() -> None:
    told = resident_number("320311491231002", TODAY)
    assert (told.number, told.birth_on, told.gender) == (GOOD, date(1949, 12, 31), Gender.FEMALE)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "id_number_wrong_length"),
        (GOOD[:-1], "id_number_wrong_length"),
        (GOOD + "0", "id_number_wrong_length"),
        ("32031119491231002Y", "id_number_bad_characters"),
        ("X20311194912310027", "id_number_bad_characters"),
        ("3203111949123100①7", "id_number_bad_characters"),
        ("32031149123100X", "id_number_bad_characters"),
        ("320311194912310028", "id_number_check_digit_wrong"),
        ("320311491331002", "id_number_birth_date_wrong"),
    ],
)
def test_what_is_no_resident_number_says_why(text: str, code: str) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize("born", ["19490230", "20261301", "18991231", "20260902", "00000000"])
def test_birth_dates_that_do_not_exist_or_are_to_come_are_refused(born: str) -> None:
    first = f"320311{born}002"
    assert code_of(first + check_digit(first)) == "id_number_birth_date_wrong"


@given(st.text(max_size=25))
def test_no_text_is_a_surprise(text: str) -> None:
    for read in (lambda: resident_number(text, TODAY), lambda: other_number(text)):
        with suppress(IdNumberError):
            read()


def test_gender_and_birth_date_must_agree_with_a_resident_number() -> None:
    born = date(1949, 12, 31)
    good = identify(IdKind.RESIDENT, GOOD, Gender.FEMALE, born, TODAY)
    assert good == (Identification(IdKind.RESIDENT, GOOD, born), [])
    assert identify(IdKind.RESIDENT, GOOD, Gender.FEMALE, None, TODAY) == good
    wrong = identify(IdKind.RESIDENT, GOOD, Gender.MALE, date(1950, 1, 1), TODAY)
    assert wrong == (None, ["id_number_gender_differs", "id_number_birth_differs"])


@pytest.mark.parametrize("kind", [kind for kind in IdKind if kind is not IdKind.RESIDENT])
def test_other_documents_follow_no_resident_rule_but_need_the_birth_date(kind: IdKind) -> None:
    born = date(1990, 1, 1)
    assert identify(kind, "h1234567(8)", Gender.MALE, born, TODAY) == (Identification(kind, "H1234567(8)", born), [])
    assert identify(kind, "H12345678", Gender.MALE, None, TODAY) == (None, ["birth_date_required"])
    assert identify(kind, "<x>", Gender.MALE, born, TODAY) == (None, ["field_bad_format"])
