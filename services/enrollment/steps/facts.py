"""What forms are judged by: who studies already, and what may still be studied where."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, tuple_

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.school_settings import setting
from contracts.errors import FieldError, ServiceError
from contracts.identity.states import TeachingPointStatus
from services.enrollment.domain.pre_checks import Facts, Found, pre_checks
from services.enrollment.domain.settings import YOUNGEST_APPLICANT
from services.enrollment.domain.workflows import LIVE
from services.enrollment.steps.doubles import count_doubles
from services.enrollment.steps.programmes import known_programmes
from services.enrollment.tables import applications, programmes, student_documents, teaching_points

Document = tuple[str, str, str]
"""Kind and number of a document, and a level or an intake."""

_a, _d = applications.c, student_documents.c


def document_of(row: Any) -> Document:
    """Of a form its document, and the level that it is for."""
    return row.id_kind, row.id_number, row.level


def form_of(row: Any) -> Document:
    """Of a form its document, and the intake that it is for."""
    return row.id_kind, row.id_number, row.intake


def point_meant(uow: UnitOfWork, teaching_point_id: UUID | None) -> UUID:
    """The point that is named, or the caller's own. Raises ServiceError `validation_failed` where there is none."""
    point_id = teaching_point_id or uow.context.actor.teaching_point_id
    if point_id is None:
        raise ServiceError("validation_failed", [FieldError("teaching_point_id", "field_required")])
    return point_id


def studying(uow: UnitOfWork, documents: Collection[Document]) -> frozenset[Document]:
    """Those documents by which somebody studies for the level already: by what the registry tells, and by who was
    admitted here a moment ago. Whose student that is, is nobody's business: so as the system."""
    if not documents:
        return frozenset()
    known, here = (_d.id_kind, _d.id_number, _d.level), (_a.id_kind, _a.id_number, _a.level)
    with uow.as_system():
        told = uow.rows(select(*known).where(tuple_(*known).in_(documents), _d.studying, ~_d.deleted))
        admitted = uow.rows(select(*here).where(tuple_(*here).in_(documents), _a.studying))
        return frozenset((row.id_kind, row.id_number, row.level) for row in (*told, *admitted))


def live_forms(uow: UnitOfWork, documents: Collection[Document]) -> frozenset[Document]:
    """Those (kind, number, intake) for which there is a live form, whoever's: so as the system."""
    if not documents:
        return frozenset()
    document = (_a.id_kind, _a.id_number, _a.intake)
    with uow.as_system():
        live = select(*document).where(tuple_(*document).in_(documents), _a.state.in_(LIVE))
        return frozenset((row.id_kind, row.id_number, row.intake) for row in uow.rows(live))


def enabled_points(uow: UnitOfWork, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The codes of those points that take students."""
    t = teaching_points.c
    usable = select(t.id, t.code).where(ids_in(t.id, ids), t.status == TeachingPointStatus.ENABLED, ~t.deleted)
    return {row.id: row.code for row in uow.rows(usable)}


def checked(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> Mapping[UUID, tuple[Found, ...]]:
    """What the machine finds about forms, by their ids."""
    taken = studying(uow, [document_of(row) for row in rows])
    known = {each.id: each for each in known_programmes(uow, ids_in(programmes.c.id, {r.programme_id for r in rows}))}
    youngest, alike = setting(uow, YOUNGEST_APPLICANT), count_doubles(uow, rows)
    found: dict[UUID, tuple[Found, ...]] = {}
    for row in rows:
        programme = known.get(row.programme_id)
        facts = Facts(
            level=row.level,
            birth_on=row.birth_on,
            prior_level=row.prior_level,
            prior_check=row.prior_check,
            # Who was admitted by this very form studies by it.
            enrolled=not row.studying and document_of(row) in taken,
            offered=programme is not None and programme.fits(row.intake, row.teaching_point_id),
            doubles=alike.get(row.id, 0),
        )
        found[row.id] = pre_checks(facts, youngest, uow.today)
    return found
