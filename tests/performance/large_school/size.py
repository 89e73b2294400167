"""How large the school is, and when everything in it happened."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final
from uuid import UUID

from chassis.base.clock import SHANGHAI, SystemClock

STUDENTS: Final = 1_000_000
POINTS: Final = 300
INTAKES: Final = 20
"""Spring and autumn, ten years."""
LARGEST_SHARE: Final = 0.1
_SMALL_POINTS: Final = 40


@dataclass(frozen=True, slots=True)
class Intake:
    """An intake, and the selection round and exam round of the term that begins with it."""

    number: int
    code: str
    starts_on: date
    opens_at: datetime
    closes_at: datetime

    @property
    def entered_at(self) -> datetime:
        """When the first of its students are entered: a month before it starts."""
        return _midnight(self.starts_on - timedelta(days=31))

    @property
    def payment_deadline(self) -> datetime:
        """Until when what is selected is to be paid."""
        return self.closes_at + timedelta(days=15)

    @property
    def withdrawal_closes_at(self) -> datetime:
        """Until when what is selected may be given back."""
        return self.closes_at + timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Cell:
    """The students of one intake at one point: numbers of `students` of them, from `first` on."""

    intake: int
    point: int
    first: int
    students: int


@dataclass(frozen=True)
class Size:
    """The school's figures. `scale` multiplies the number of students; `now` is when all of this has just happened."""

    scale: float = 1.0
    seed: int = 1
    now: datetime = field(default_factory=lambda: SystemClock().now().replace(minute=0, second=0, microsecond=0))

    @property
    def students(self) -> int:
        """How many students there are."""
        return max(INTAKES * 10, round(STUDENTS * self.scale))

    def stream(self, purpose: str) -> random.Random:
        """Random numbers for one purpose."""
        return random.Random(f"{self.seed} {purpose}")

    @cached_property
    def intakes(self) -> list[Intake]:
        """All of them, the oldest first. The round of the newest is open."""
        codes = list(reversed([code for code, _ in zip(self._codes_backwards(), range(INTAKES), strict=False)]))
        return [self._intake(number, code) for number, code in enumerate(codes, start=1)]

    def _codes_backwards(self) -> Iterator[tuple[int, int]]:
        today = self.now.astimezone(SHANGHAI).date()
        year, month = today.year, today.month
        year, month = (year, 9) if month >= 9 else (year, 3) if month >= 3 else (year - 1, 9)
        while True:
            yield year, month
            year, month = (year, 3) if month == 9 else (year - 1, 9)

    def _intake(self, number: int, code: tuple[int, int]) -> Intake:
        starts_on = date(*code, 1)
        opens_at, days = _midnight(starts_on + timedelta(days=9)), 30
        if number == INTAKES:
            opens_at, days = self.now - timedelta(days=30), 45
        return Intake(number, f"{code[0]}{code[1]:02d}", starts_on, opens_at, opens_at + timedelta(days=days))

    def points(self) -> list[float]:
        """The share of each teaching point, the largest first; some have a handful of students."""
        stream = self.stream("points")
        weights = [stream.lognormvariate(0, 0.8) for _ in range(POINTS - 1)]
        weights[-_SMALL_POINTS:] = [weight / 30 for weight in weights[-_SMALL_POINTS:]]
        rest = (1 - LARGEST_SHARE) / sum(weights)
        return [LARGEST_SHARE, *(weight * rest for weight in sorted(weights, reverse=True))]

    def cells(self) -> list[Cell]:
        """How many students of each intake each point has; they are numbered in the order in which they came."""
        stream = self.stream("cells")
        growth = [(1 + number / 20) * (1.35 if number % 2 == 0 else 0.65) for number in range(1, INTAKES + 1)]
        by_intake = _shared_out(self.students, growth, 0.5)
        shares, cells, first = self.points(), [], 1
        for intake, students in enumerate(by_intake, start=1):
            of_largest = round(students * LARGEST_SHARE)
            others = _shared_out(students - of_largest, shares[1:], stream.random())
            for point, number in enumerate([of_largest, *others], start=1):
                if number:
                    cells.append(Cell(intake, point, first, number))
                    first += number
        return cells


def id_at(at: datetime, kind: int, number: int) -> UUID:
    """A UUIDv7 of this instant, always the same one; `sql/plan.sql` makes them in the databases."""
    milliseconds = round(at.timestamp() * 1000)
    return UUID(f"{milliseconds:012x}7{kind:03x}8{number:015x}")


def _shared_out(total: int, weights: Sequence[float], start: float) -> list[int]:
    """Whole numbers that make `total`, in proportion to the weights; `start` (0–1) decides who gets the odd ones."""
    factor, reached, given, parts = total / sum(weights), start, 0, []
    for weight in weights:
        reached += weight * factor
        part = min(int(reached), total) - given
        parts.append(part)
        given += part
    parts[-1] += total - given
    return parts


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
