"""What may stand in an application form (ENR-3..5): every rule that concerns the form alone, whoever sent it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.rules.days import implausible_days
from chassis.rules.ethnicities import ETHNICITIES
from chassis.rules.id_numbers import Identification, identify
from chassis.rules.programmes import Elements, Programme, find_programme
from chassis.work.reasons import Reason
from contracts.types import Gender, IdKind
from services.enrollment.domain.prior_education import against_level


@dataclass(frozen=True, slots=True)
class Told:
    """What a form tells that rules look at."""

    id_kind: IdKind
    id_number: str
    gender: Gender
    birth_on: date | None
    ethnicity: str
    id_valid_from: date | None
    id_valid_until: date | None
    elements: Elements
    prior_level: str
    prior_graduated_on: date


@dataclass(frozen=True, slots=True)
class Judged:
    """Who it is, what they are to study, and what is wrong: reasons by the column that is to be corrected."""

    person: Identification | None
    programme: Programme | None
    wrong: tuple[tuple[str, Reason], ...]


def judged(told: Told, programmes: Iterable[Programme], intake: str, teaching_point_id: UUID, today: date) -> Judged:
    """Everything about a form for an intake at a point, all reasons at once. `today` is Shanghai's."""
    person, codes = identify(told.id_kind, told.id_number, told.gender, told.birth_on, today)
    wrong = [("birth_on" if code == "birth_date_required" else "id_number", Reason(code)) for code in codes]
    if person is not None:
        wrong += implausible_days(person.birth_on, None, told.prior_graduated_on, today).items()
    wrong += _against_document(told)
    programme = find_programme(programmes, told.elements, intake, teaching_point_id)
    if programme is None:
        wrong.append(("major_code", Reason("no_programme_matches")))
    too_low = against_level(told.elements.level, told.prior_level)
    if too_low is not None:
        wrong.append(("prior_level", too_low))
    return Judged(person, programme, tuple(wrong))


def _against_document(told: Told) -> Iterator[tuple[str, Reason]]:
    if told.ethnicity not in ETHNICITIES:
        yield "ethnicity", Reason("ethnicity_unknown")
    if told.id_valid_from and told.id_valid_until and told.id_valid_until < told.id_valid_from:
        yield "id_valid_until", Reason("window_reversed")
