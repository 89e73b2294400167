"""What the machine finds about a form before the school decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from contracts.enrollment.states import PreCheck
from contracts.types import Level, PriorEducationCheck, PriorLevel
from services.enrollment.domain.pre_checks import Facts, against_admission, age_on, pre_checks

TODAY = date(2026, 9, 1)
GOOD = Facts(
    level=Level.TOP_UP_BACHELOR,
    birth_on=date(1998, 5, 20),
    prior_level=PriorLevel.JUNIOR_COLLEGE,
    prior_check=PriorEducationCheck.VERIFIED,
    enrolled=False,
    offered=True,
    doubles=0,
)


def unmet(facts: Facts) -> set[PreCheck]:
    return {found.check for found in pre_checks(facts, 18, TODAY) if found.reason is not None}


def test_a_good_form_meets_everything() -> None:
    assert unmet(GOOD) == set()


@pytest.mark.parametrize(
    ("change", "check", "code"),
    [
        ({"enrolled": True}, PreCheck.NOT_ENROLLED, "already_enrolled_at_level"),
        ({"doubles": 2}, PreCheck.LIKELY_DOUBLE, None),
        ({"offered": False}, PreCheck.PROGRAMME, "no_programme_matches"),
        ({"prior_level": PriorLevel.UPPER_SECONDARY}, PreCheck.PRIOR_EDUCATION_LEVEL, "prior_education_too_low"),
        ({"prior_check": PriorEducationCheck.FALSE}, PreCheck.PRIOR_EDUCATION_VERIFIED, "prior_education_false"),
        ({"prior_check": PriorEducationCheck.MISMATCH}, PreCheck.PRIOR_EDUCATION_VERIFIED, None),
        ({"prior_check": PriorEducationCheck.UNCHECKED}, PreCheck.PRIOR_EDUCATION_VERIFIED, None),
        ({"birth_on": date(2008, 9, 2)}, PreCheck.AGE, None),
    ],
)
def test_each_condition_is_found_and_only_some_keep_the_school_from_admitting(
    change: dict[str, object], check: PreCheck, code: str | None
) -> None:
    facts = replace(GOOD, **change)  # type: ignore[arg-type]
    assert unmet(facts) == {check}
    reason = against_admission(pre_checks(facts, 18, TODAY))
    assert (reason and reason.code) == code


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 9, 1), TODAY, 18),
        (date(2008, 9, 2), TODAY, 17),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_who_is_born_on_29_february_grows_older_on_1_march(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age
