"""What student numbers look like, as the school writes it down."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.field_problem import FieldProblemError
from contracts.types import Level
from services.enrollment.domain.student_numbers import DEFAULT, read_template

TODAY = date(2026, 9, 1)
INTAKES = st.builds("20{:02d}{:02d}".format, st.integers(10, 60), st.integers(1, 12))
POINTS = st.integers(0, 9999).map("{:04d}".format)


def beginning(template: str, intake: str, point: str, level: Level) -> str:
    numbers = read_template(template)
    return numbers.template.beginning(TODAY, numbers.values(intake, point, level))


def test_the_default_is_year_point_season_level_and_serial() -> None:
    numbers = read_template(DEFAULT)
    start = beginning(DEFAULT, "202609", "3203", Level.TOP_UP_BACHELOR)
    assert numbers.template.number(start, 1) == "263203090200001"


@given(*[st.tuples(INTAKES, POINTS, st.sampled_from(Level))] * 2)
def test_whoever_differs_in_intake_point_or_level_begins_otherwise(
    one: tuple[str, str, Level], other: tuple[str, str, Level]
) -> None:
    assert (one == other) == (beginning(DEFAULT, *one) == beginning(DEFAULT, *other))


@pytest.mark.parametrize(
    "unreadable",
    [
        "{year}{point:4}{season}{level:01,02,03}",
        "{serial:5}{year}{point:4}{season}{level:01,02,03}",
        "{year}{point:4}{season}{level:01,02}{serial:5}",
        "{year}{point:4}{season}{level:1,02,03}{serial:5}",
        "{year}{point:4}{season}{level:01,01,03}{serial:5}",
        "{year}{point:99}{season}{level:01,02,03}{serial:5}",
        "{year}{point}{season}{level:01,02,03}{serial:5}",
        "{year}{point:4}{season}{level:01,02,03}{serial:1}",
        "{year:4}{point:4}{season}{level:01,02,03}{serial:5}",
        "{month}{point:4}{season}{level:01,02,03}{serial:5}",
        "学{year}{point:4}{season}{level:01,02,03}{serial:5}",
        "{year}{point:4}{season}{level:01,02,03}{serial:5:999999}",
        "{",
    ],
)
def test_what_is_no_template_is_refused(unreadable: str) -> None:
    with pytest.raises(FieldProblemError) as refused:
        read_template(unreadable)
    assert refused.value.code == "number_template_unreadable"


@pytest.mark.parametrize(
    "ambiguous",
    ["{year}{season}{level:01,02,03}{serial:5}", "{year}{year}{point:4}{season}{level:01,02,03}{serial:5}"],
)
def test_what_leaves_out_what_tells_students_apart_is_refused(ambiguous: str) -> None:
    with pytest.raises(FieldProblemError) as refused:
        read_template(ambiguous)
    assert refused.value.code == "number_template_ambiguous"


def test_a_number_that_is_longer_than_a_username_may_be_is_refused() -> None:
    with pytest.raises(FieldProblemError) as refused:
        read_template("ABCDEFGHIJ" + DEFAULT)
    assert refused.value.code == "field_too_long"
