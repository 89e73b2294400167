"""What the large tables are drawn up from: all that is few, with numbers in the place of ids (`sql/plan.sql`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from tests.performance.large_school import catalogue, fees, lots, majors
from tests.performance.large_school.size import Size

_BILLS_A_SLIP: Final = 400
"""About so many are on the fullest."""

Rows = Sequence[Sequence[Any]]


def tables(size: Size) -> Iterator[tuple[str, str, Rows]]:
    """Table of the plan, its columns, and rows."""
    yield "clock", "now last_intake", [(size.now, len(size.intakes))]
    yield "points", "number id code slips", _points(size)
    yield (
        "intakes",
        "number code starts_on entered_at opens_at closes_at payment_deadline round_id exam_round_id",
        _intakes(size),
    )
    yield "programmes", "number id kind", _programmes(size)
    yield (
        "programme_courses",
        "programme place course",
        [
            (each.number, place, course)
            for each in majors.programmes(size)
            for place, course in enumerate(catalogue.courses_of(each))
        ],
    )
    yield "courses", "number id version_id requirement_id exam_kind credits levels", _courses(size)
    yield (
        "cells",
        "intake point first students",
        [(cell.intake, cell.point, cell.first, cell.students) for cell in size.cells()],
    )
    yield (
        "lots",
        "lot intake bounds texts",
        [
            (each.lot, each.intake, list(each.bounds), list(each.texts))
            for each in (*lots.lots(size), *majors.programme_lots(size))
        ],
    )
    yield "given_names", "number name", list(enumerate(lots.given_names(size), start=1))
    yield "prices", "levels kind intake credit_standard credit exam_standard exam", list(fees.prices(size))


def _points(size: Size) -> Rows:
    # Of a round's bills a third comes in its first week; a round has a twentieth of all.
    peaks = [share * size.students * 5 / len(size.intakes) / 3 for share in size.points()]
    return [
        (number, catalogue.point_id(size, number), catalogue.point_code(number), max(1, round(peak / _BILLS_A_SLIP)))
        for number, peak in enumerate(peaks, start=1)
    ]


def _intakes(size: Size) -> Rows:
    return [
        (
            each.number,
            each.code,
            each.starts_on,
            each.entered_at,
            each.opens_at,
            each.closes_at,
            each.payment_deadline,
            catalogue.round_id(each),
            catalogue.round_id(each, 0x40),
        )
        for each in size.intakes
    ]


def _programmes(size: Size) -> Rows:
    kinds = fees.students_of_kinds(size)
    return [
        (each.number, each.id, kinds.index((each.student_type, each.student_source)))
        for each in majors.programmes(size)
    ]


def _courses(size: Size) -> Rows:
    levels = fees.levels_of_courses()
    return [
        (
            each.number,
            each.id(size),
            each.id(size, 0x21),
            each.id(size, 0x22),
            each.exam_kind,
            each.credits,
            levels.index(each.education_levels),
        )
        for each in catalogue.courses()
    ]
