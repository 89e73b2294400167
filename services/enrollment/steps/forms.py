"""A form as a row: every rule that concerns the form alone, with all reasons at their fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from chassis.data.unit_of_work import UnitOfWork
from chassis.rules.days import implausible_days
from chassis.rules.ethnicities import ETHNICITIES
from chassis.rules.id_numbers import identify
from chassis.rules.programmes import Elements, find_programme
from chassis.work.reasons import Reason
from contracts.enrollment.commands import EnterApplication, UpdateApplication
from contracts.errors import FieldError, ServiceError
from services.enrollment.domain.prior_education import against_level
from services.enrollment.steps.programmes import known_programmes
from services.enrollment.tables import programmes

Form = EnterApplication | UpdateApplication

_OWN = (
    "name", "gender", "id_kind", "ethnicity", "political_status", "card_address", "issuing_authority",
    "id_valid_from", "id_valid_until", "level", "student_type", "student_source", "major_code", "schooling_length",
)  # fmt: skip


def form_values(uow: UnitOfWork, form: Form, intake: str, teaching_point_id: UUID) -> dict[str, Any]:
    """The columns that a form fills. Raises ServiceError `validation_failed` with everything that is wrong with it."""
    wrong: list[FieldError] = []
    person, codes = identify(form.id_kind, form.id_number, form.gender, form.birth_on, uow.today)
    wrong += (FieldError("birth_on" if code == "birth_date_required" else "id_number", code) for code in codes)
    wrong += _wrong(form)
    if person is not None:
        days = implausible_days(person.birth_on, None, form.prior_education.graduated_on, today=uow.today)
        wrong += (FieldError(_path(field), reason.code) for field, reason in days.items())
    elements = Elements(form.level, form.student_type, form.student_source, form.major_code, form.schooling_length)
    known = known_programmes(uow, programmes.c.major_code == form.major_code)
    programme = find_programme(known, elements, intake, teaching_point_id)
    if programme is None:
        wrong.append(FieldError("major_code", "no_programme_matches"))
    if wrong or person is None or programme is None:
        raise ServiceError("validation_failed", wrong)
    return {
        **form.model_dump(include={*_OWN}),
        **form.contact.model_dump(),
        **{f"prior_{name}": value for name, value in form.prior_education.model_dump().items()},
        "id_number": person.id_number,
        "birth_on": person.birth_on,
        "intake": intake,
        "programme_id": programme.id,
        "major_name": programme.major_name,
    }


def _wrong(form: Form) -> Iterator[FieldError]:
    if form.ethnicity not in ETHNICITIES:
        yield FieldError("ethnicity", "ethnicity_unknown")
    if form.id_valid_from and form.id_valid_until and form.id_valid_until < form.id_valid_from:
        yield FieldError("id_valid_until", "window_reversed")
    too_low: Reason | None = against_level(form.level, form.prior_education.level)
    if too_low is not None:
        yield FieldError("prior_education.level", too_low.code, too_low.params)


def _path(column: str) -> str:
    return f"prior_education.{column.removeprefix('prior_')}" if column.startswith("prior_") else column
