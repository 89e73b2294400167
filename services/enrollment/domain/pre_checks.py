"""What the machine finds about a form before the school decides. What is `blocking` the school can't pass over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chassis.work.reasons import Reason
from contracts.enrollment.states import PreCheck
from contracts.types import PriorEducationCheck
from services.enrollment.domain.prior_education import against_check, against_level


@dataclass(frozen=True, slots=True)
class Found:
    """A condition: whether it has to hold for an admission, and what speaks against it."""

    check: PreCheck
    blocking: bool
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a form is judged by. `enrolled` is whether the person studies for the level already, `offered` whether the
    programme may still be studied at the point; `doubles` are other forms that may be of the same person."""

    level: str
    birth_on: date
    prior_level: str
    prior_check: str
    enrolled: bool
    offered: bool
    doubles: int


def pre_checks(facts: Facts, youngest: int, today: date) -> tuple[Found, ...]:
    """Every condition with its reason; `youngest` is the age in years below which the school looks again."""
    unverified = facts.prior_check != PriorEducationCheck.VERIFIED
    verified = Reason("prior_education_unverified", {"check": facts.prior_check}) if unverified else None
    return (
        Found(PreCheck.NOT_ENROLLED, True, Reason("already_enrolled_at_level") if facts.enrolled else None),
        Found(PreCheck.PROGRAMME, True, None if facts.offered else Reason("no_programme_matches")),
        Found(PreCheck.PRIOR_EDUCATION_LEVEL, True, against_level(facts.level, facts.prior_level)),
        Found(
            PreCheck.PRIOR_EDUCATION_VERIFIED,
            facts.prior_check == PriorEducationCheck.FALSE,
            against_check(facts.prior_check) or verified,
        ),
        Found(
            PreCheck.LIKELY_DOUBLE, False, Reason("likely_double", {"count": facts.doubles}) if facts.doubles else None
        ),
        Found(PreCheck.AGE, False, _against_age(facts.birth_on, youngest, today)),
    )


def against_admission(found: tuple[Found, ...]) -> Reason | None:
    """The first reason that keeps the school from admitting."""
    return next((each.reason for each in found if each.blocking and each.reason is not None), None)


def _against_age(birth_on: date, youngest: int, today: date) -> Reason | None:
    age = age_on(birth_on, today)
    return Reason("applicant_young", {"age": age, "youngest": youngest}) if age < youngest else None


def age_on(birth_on: date, day: date) -> int:
    """Completed years. Who is born on 29 February becomes a year older on 1 March where there is no such day."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))
