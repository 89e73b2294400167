"""A form as a row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.data.unit_of_work import UnitOfWork
from chassis.rules.prior_education import prior_columns
from chassis.rules.programmes import Elements
from contracts.enrollment.commands import EnterApplication, UpdateApplication
from contracts.errors import FieldError, ServiceError
from services.enrollment.domain.forms import Told, judged
from services.enrollment.steps.programmes import known_programmes
from services.enrollment.tables import programmes

Form = EnterApplication | UpdateApplication

_AS_TOLD = (
    "name", "gender", "id_kind", "ethnicity", "political_status", "card_address", "issuing_authority",
    "id_valid_from", "id_valid_until", "level", "student_type", "student_source", "major_code", "schooling_length",
)  # fmt: skip


def form_values(uow: UnitOfWork, form: Form, intake: str, teaching_point_id: UUID) -> dict[str, Any]:
    """The columns that a form fills. Raises ServiceError `validation_failed` with everything that is wrong with it."""
    known = known_programmes(uow, programmes.c.major_code == form.major_code)
    found = judged(_told(form), known, intake, teaching_point_id, uow.today)
    if found.person is None or found.programme is None or found.wrong:
        wrong = (FieldError(_path(column), reason.code, reason.params) for column, reason in found.wrong)
        raise ServiceError("validation_failed", wrong)
    return {
        **form.model_dump(include={*_AS_TOLD}),
        **form.contact.model_dump(),
        **prior_columns(form.prior_education),
        "id_number": found.person.id_number,
        "birth_on": found.person.birth_on,
        "intake": intake,
        "programme_id": found.programme.id,
        "major_name": found.programme.major_name,
    }


def _told(form: Form) -> Told:
    return Told(
        id_kind=form.id_kind,
        id_number=form.id_number,
        gender=form.gender,
        birth_on=form.birth_on,
        ethnicity=form.ethnicity,
        id_valid_from=form.id_valid_from,
        id_valid_until=form.id_valid_until,
        elements=Elements(form.level, form.student_type, form.student_source, form.major_code, form.schooling_length),
        prior_level=form.prior_education.level,
        prior_graduated_on=form.prior_education.graduated_on,
    )


def _path(column: str) -> str:
    return f"prior_education.{column.removeprefix('prior_')}" if column.startswith("prior_") else column
