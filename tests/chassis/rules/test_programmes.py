"""Which programme a student studies by."""

from __future__ import annotations

from uuid import UUID

import pytest

from chassis.rules.programmes import Elements, Programme, find_programme
from contracts.types import Level

HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
ELEMENTS = Elements(Level.TOP_UP_BACHELOR, "开放教育", "开放教育", "080901", "2.5")


def programme(number: int = 1, **other: object) -> Programme:
    fields = {
        "id": UUID(int=number),
        "elements": ELEMENTS,
        "major_name": "计算机科学与技术",
        "published": True,
        "from_intake": "202503",
        "until_intake": None,
        "teaching_point_ids": frozenset({HERE}),
    }
    return Programme(**{**fields, **other})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "found"),
    [
        ([programme()], 1),
        ([programme(until_intake="202609")], 1),
        ([programme(until_intake="202603"), programme(2, from_intake="202609")], 2),
        ([], None),
        ([programme(), programme(2)], None),
        ([programme(published=False)], None),
        ([programme(until_intake="202603")], None),
        ([programme(from_intake="202703")], None),
        ([programme(teaching_point_ids=frozenset({ELSEWHERE}))], None),
        ([programme(elements=Elements(Level.BACHELOR, "开放教育", "开放教育", "080901", "2.5"))], None),
    ],
)
def test_exactly_one_published_programme_fits_or_none(known: list[Programme], found: int | None) -> None:
    fitting = find_programme(known, ELEMENTS, "202609", HERE)
    assert (fitting and fitting.id) == (found and UUID(int=found))
