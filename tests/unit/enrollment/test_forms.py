"""What may stand in a form: all reasons at once, each at the column that is to be corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from chassis.rules.programmes import Elements, Programme
from contracts.types import Gender, IdKind, Level, PriorLevel
from launcher.made_up import MadeUpStudents
from services.enrollment.domain.forms import Told, judged

TODAY = date(2026, 9, 1)
HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
ELEMENTS = Elements(Level.TOP_UP_BACHELOR, "开放教育", "开放教育", "080901", "2.5")
PROGRAMME = Programme(UUID(int=3), ELEMENTS, "计算机科学与技术", True, "202609", None, frozenset({HERE}))
SOMEBODY = MadeUpStudents("forms", today=TODAY).make()
GOOD = Told(
    id_kind=IdKind.RESIDENT,
    id_number=SOMEBODY.id_number,
    gender=SOMEBODY.gender,
    birth_on=None,
    ethnicity="01",
    id_valid_from=date(2016, 1, 1),
    id_valid_until=None,
    elements=ELEMENTS,
    prior_level=PriorLevel.JUNIOR_COLLEGE,
    prior_graduated_on=date(2025, 6, 30),
)
OTHER_GENDER = Gender.FEMALE if SOMEBODY.gender is Gender.MALE else Gender.MALE


def wrong(told: Told, point_id: UUID = HERE) -> dict[str, str]:
    return {column: reason.code for column, reason in judged(told, [PROGRAMME], "202609", point_id, TODAY).wrong}


def test_of_a_good_form_it_is_known_who_it_is_and_what_they_are_to_study() -> None:
    found = judged(GOOD, [PROGRAMME], "202609", HERE, TODAY)
    assert found.wrong == ()
    assert found.programme == PROGRAMME
    assert found.person is not None
    assert found.person.birth_on == SOMEBODY.born_on


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"gender": OTHER_GENDER}, {"id_number": "id_number_gender_differs"}),
        ({"birth_on": date(1900, 1, 2)}, {"id_number": "id_number_birth_differs"}),
        ({"id_kind": IdKind.PASSPORT, "id_number": "E12345678"}, {"birth_on": "birth_date_required"}),
        ({"ethnicity": "99"}, {"ethnicity": "ethnicity_unknown"}),
        ({"id_valid_until": date(2015, 12, 31)}, {"id_valid_until": "window_reversed"}),
        ({"prior_level": PriorLevel.UPPER_SECONDARY}, {"prior_level": "prior_education_too_low"}),
        ({"prior_graduated_on": date(2026, 9, 2)}, {"prior_graduated_on": "graduation_date_implausible"}),
        ({"elements": replace(ELEMENTS, schooling_length="5")}, {"major_code": "no_programme_matches"}),
    ],
)
def test_each_thing_that_is_wrong_is_found_at_its_column(change: dict[str, object], found: dict[str, str]) -> None:
    assert wrong(replace(GOOD, **change)) == found  # type: ignore[arg-type]


def test_a_point_that_does_not_offer_the_programme_has_none() -> None:
    assert wrong(GOOD, ELSEWHERE) == {"major_code": "no_programme_matches"}


def test_everything_is_told_at_once() -> None:
    bad = replace(GOOD, gender=OTHER_GENDER, ethnicity="99", prior_level=PriorLevel.VOCATIONAL_SECONDARY)
    assert set(wrong(bad)) == {"id_number", "ethnicity", "prior_level"}
