"""Made-up students, for the story, the demonstration data and tests. No real person is meant.

Their ID numbers follow GB 11643-1999: six digits of an area, the birth date, a serial whose last digit is odd for men,
and the check digit of ISO 7064 MOD 11-2.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.types import Gender

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
_GIVEN = "一文子明安宁平和晓春雨田禾木青山川云星月海江松竹梅兰思远嘉佳欣怡静雅志强建国家辰宇轩浩然若溪清扬"
_AREAS = ("320102", "320302", "320303", "320505", "320602", "320902", "321002", "340103", "370102")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_YOUNGEST, _OLDEST = 18, 55
"""Years."""


@dataclass(frozen=True, slots=True)
class MadeUpStudent:
    """What a school knows of somebody who comes to study."""

    name: str
    gender: Gender
    born_on: date
    id_number: str
    mobile: str
    serial: int
    """Counts the students of one stream from 1, for numbers made of it."""


class MadeUpStudents:
    """A stream of students, no two with the same ID number; the same seed makes the same ones."""

    def __init__(self, seed: int | str | None = None, *, today: date | None = None) -> None:
        """`today` decides their ages."""
        self._random = random.Random(seed)
        self._today = today or date.today()  # noqa: DTZ011 - an age needs no time zone
        self._numbers: set[str] = set()
        self._count = 0

    def __iter__(self) -> Iterator[MadeUpStudent]:
        while True:
            yield self.make()

    def make(self) -> MadeUpStudent:
        """One more."""
        gender = self._random.choice((Gender.MALE, Gender.FEMALE))
        days = self._random.randrange(_YOUNGEST * 366, _OLDEST * 365)
        born_on = self._today - timedelta(days=days)
        self._count += 1
        return MadeUpStudent(
            name=self.name(),
            gender=gender,
            born_on=born_on,
            id_number=self._id_number(gender, born_on),
            mobile=self.mobile(),
            serial=self._count,
        )

    def name(self) -> str:
        """Somebody's name."""
        given = self._random.sample(_GIVEN, self._random.choice((1, 2, 2)))
        return self._random.choice(_SURNAMES) + "".join(given)

    def mobile(self) -> str:
        """A mobile number: 11 digits."""
        return f"1{self._random.choice('35789')}{self._random.randrange(10**9):09d}"

    def _id_number(self, gender: Gender, born_on: date) -> str:
        while True:
            serial = self._random.randrange(500) * 2 + (gender is Gender.MALE)
            number = with_check_digit(f"{self._random.choice(_AREAS)}{born_on:%Y%m%d}{serial:03d}")
            if number not in self._numbers:
                self._numbers.add(number)
                return number


def with_check_digit(first_17: str) -> str:
    """The whole number of seventeen digits (GB 11643-1999)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True))
    return first_17 + _CHECK_DIGITS[total % 11]


def with_wrong_check_digit(number: str) -> str:
    """The number as somebody might mistype its end."""
    return number[:17] + next(digit for digit in "0123456789" if digit != number[17])
