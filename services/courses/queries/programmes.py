"""Programmes."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select

from chassis.data.lists import Listing
from chassis.data.pages import as_view, matches
from chassis.data.unit_of_work import UnitOfWork
from chassis.data.whole_lists import Reader
from contracts.base import Page
from contracts.courses.catalogue_views import (
    DegreeConditions,
    GraduationConditions,
    ModuleView,
    ProgrammeCourseView,
    ProgrammeDetails,
    ProgrammeView,
)
from contracts.courses.queries import GetProgramme, ListProgrammes
from services.courses.tables.catalogue import courses
from services.courses.tables.programmes import programme_courses, programme_modules, programme_points, programmes


def _in_force(intake: str, uow: Reader) -> ColumnElement[bool]:
    until = programmes.c.until_intake
    return and_(programmes.c.from_intake <= intake, or_(until.is_(None), until >= intake))


def _offered(point_id: UUID, uow: Reader) -> ColumnElement[bool]:
    offers = select(programme_points.c.programme_id).where(programme_points.c.teaching_point_id == point_id)
    return programmes.c.id.in_(offers)


PROGRAMMES = Listing[ProgrammeView](
    ListProgrammes,
    programmes,
    filters={
        "search": lambda text, uow: matches(text, titles=[programmes.c.name], numbers=[programmes.c.code]),
        "intake": _in_force,
        "teaching_point_id": _offered,
    },
)


def list_programmes(query: ListProgrammes, uow: UnitOfWork) -> Page[ProgrammeView]:
    """Programmes, by code unless told otherwise."""
    return PROGRAMMES.page(query, uow)


def get_programme(query: GetProgramme, uow: UnitOfWork) -> ProgrammeDetails:
    """A programme with all that is in it."""
    return programme_details(uow, query.programme_id)


def programme_details(uow: UnitOfWork, programme_id: UUID) -> ProgrammeDetails:
    """The same for commands, which answer what they changed. Raises `not_found`."""
    row = uow.one(select(programmes).where(programmes.c.id == programme_id))
    points = select(programme_points.c.teaching_point_id).where(programme_points.c.programme_id == programme_id)
    return as_view(
        ProgrammeDetails,
        row,
        modules=_modules(uow, programme_id),
        graduation=as_view(GraduationConditions, row),
        degree=_degree(row),
        teaching_point_ids=tuple(found.teaching_point_id for found in uow.rows(points.order_by("teaching_point_id"))),
    )


def _modules(uow: UnitOfWork, programme_id: UUID) -> tuple[ModuleView, ...]:
    modules = select(programme_modules).where(programme_modules.c.programme_id == programme_id)
    placed = (
        select(
            programme_courses,
            courses.c.code.label("course_code"),
            courses.c.name.label("course_name"),
            courses.c.credits,
        )
        .join_from(programme_courses, courses)
        .where(programme_courses.c.programme_id == programme_id)
        .order_by(programme_courses.c.suggested_term, courses.c.code)
    )
    inside: dict[UUID, list[ProgrammeCourseView]] = {}
    for row in uow.rows(placed):
        inside.setdefault(row.module_id, []).append(as_view(ProgrammeCourseView, row))
    return tuple(
        as_view(ModuleView, module, courses=tuple(inside.get(module.id, ())))
        for module in uow.rows(modules.order_by(programme_modules.c.position))
    )


def _degree(row: Row[Any]) -> DegreeConditions | None:
    if row.degree_minimum_average is None:
        return None
    return DegreeConditions(
        minimum_average=row.degree_minimum_average,
        minimum_thesis_mark=row.degree_minimum_thesis_mark,
        foreign_language_required=row.degree_foreign_language_required,
    )
