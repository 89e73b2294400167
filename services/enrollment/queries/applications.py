"""Application forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select

from chassis.base.masking import mask
from chassis.data.keyset import keyset_page
from chassis.data.lists import Listing
from chassis.data.unit_of_work import UnitOfWork
from chassis.data.whole_lists import Reader
from chassis.rules.prior_education import prior_fields
from chassis.work.reasons import Reason, refusal
from chassis.work.steps import history_of
from contracts.base import KeysetPage, Page
from contracts.enrollment.queries import GetApplication, ListAdmissionStatements, ListApplications
from contracts.enrollment.views import (
    AdmissionStatement,
    ApplicationDetails,
    ApplicationView,
    LikelyDouble,
    PreCheckResult,
)
from contracts.types import PriorLevel
from contracts.words import member_word
from services.enrollment.domain.workflows import APPLICATION, RECORDED
from services.enrollment.steps.doubles import MOST_SHOWN, are_alike
from services.enrollment.steps.facts import checked
from services.enrollment.tables import admission_rounds, application_search, applications, teaching_points

_a = applications.c


def _shown() -> Select[Any]:
    name, code = (
        teaching_points.c.name.label("teaching_point_name"),
        admission_rounds.c.code.label("admission_round_code"),
    )
    return (
        select(applications, name, code)
        .outerjoin(teaching_points, teaching_points.c.id == _a.teaching_point_id)
        .outerjoin(admission_rounds, admission_rounds.c.id == _a.admission_round_id)
    )


def _views(uow: Reader, rows: Sequence[Row[Any]]) -> Iterator[ApplicationView]:
    return (ApplicationView.model_validate(_fields(row)) for row in rows)


APPLICATIONS = Listing[ApplicationView](
    ListApplications,
    applications,
    shown=_shown,
    views=_views,
    filters={"search": lambda text, uow: application_search.found(_a.id, text)},
)


def list_applications(query: ListApplications, uow: UnitOfWork) -> Page[ApplicationView]:
    """Forms in the actor's scope, those sent last first."""
    return APPLICATIONS.page(query, uow)


def get_application(query: GetApplication, uow: UnitOfWork) -> ApplicationDetails:
    """A whole form."""
    return application_details(uow, query.application_id)


def application_details(uow: UnitOfWork, application_id: UUID) -> ApplicationDetails:
    """The same for commands, which answer what they changed. Raises `not_found`."""
    row = uow.one(_shown().where(_a.id == application_id))
    fields = _fields(row)
    prior = prior_fields(fields)
    language = uow.context.language
    checks = tuple(
        PreCheckResult(
            check=found.check,
            met=found.reason is None,
            blocking=found.blocking,
            refusal=refusal(found.reason, language),
        )
        for found in checked(uow, [row])[row.id]
    )
    return ApplicationDetails.model_validate(
        {
            **fields,
            "contact": fields,
            "prior_education": {**prior, "level": member_word(PriorLevel(row.prior_level))[language]},
            "refusal": refusal(Reason.of_row(row.refusal), language),
            "checks": checks,
            "likely_doubles": _likely_doubles(uow, row),
            "history": history_of(uow, application_id, APPLICATION),
        }
    )


def _likely_doubles(uow: UnitOfWork, row: Row[Any]) -> tuple[LikelyDouble, ...]:
    alike = _shown().where(are_alike(_a, row)).order_by(_a.sent_at.desc(), _a.id).limit(MOST_SHOWN)
    return tuple(LikelyDouble.model_validate(_fields(each)) for each in uow.rows(alike))


def list_admission_statements(query: ListAdmissionStatements, uow: UnitOfWork) -> KeysetPage[AdmissionStatement]:
    """Every form by which somebody was admitted, for reconciliation."""
    refused, changed = _a.refusal.is_not(None).label("record_refused"), _a.updated_at.label("changed_at")
    rows = select(applications, refused, changed).where(_a.state.in_(RECORDED))
    return keyset_page(uow, query, AdmissionStatement, rows, _a.id)


def _fields(row: Row[Any]) -> dict[str, Any]:
    fields = {**row._mapping, "id_number_masked": mask(row.id_number)}
    if row.state not in RECORDED:  # what the registry has refused is nobody's number
        fields |= {"student_number": None, "student_id": None, "admitted_at": None}
    return fields
