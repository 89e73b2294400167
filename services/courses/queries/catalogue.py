"""The calendar and the catalogue."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select

from chassis.data.bulk import ids_in
from chassis.data.lists import Listing
from chassis.data.pages import as_view, matches
from chassis.data.unit_of_work import UnitOfWork
from chassis.data.whole_lists import Reader
from contracts.base import Page
from contracts.courses.catalogue_views import (
    AssessmentRequirementView,
    CourseDetails,
    CourseVersionView,
    CourseView,
    TermView,
)
from contracts.courses.queries import GetCourse, ListCourses, ListTerms
from services.courses.tables.catalogue import assessment_requirements, course_versions, courses, terms

TERMS = Listing[TermView](ListTerms, terms)


def list_terms(query: ListTerms, uow: UnitOfWork) -> Page[TermView]:
    """The term calendar, in order of time unless told otherwise."""
    return TERMS.page(query, uow)


def _with_requirement(state: str, uow: Reader) -> ColumnElement[bool]:
    proposed = course_versions.join(
        assessment_requirements, assessment_requirements.c.course_version_id == course_versions.c.id
    )
    having = select(course_versions.c.course_id).select_from(proposed)
    return courses.c.id.in_(having.where(assessment_requirements.c.state == state))


COURSES = Listing[CourseView](
    ListCourses,
    courses,
    filters={
        "search": lambda text, uow: matches(text, titles=[courses.c.name], numbers=[courses.c.code]),
        "education_level": lambda level, uow: courses.c.education_levels.contains([level]),
        "requirement_state": _with_requirement,
    },
)


def list_courses(query: ListCourses, uow: UnitOfWork) -> Page[CourseView]:
    """The catalogue, by code unless told otherwise."""
    return COURSES.page(query, uow)


def get_course(query: GetCourse, uow: UnitOfWork) -> CourseDetails:
    """A course with versions and requirements."""
    return course_details(uow, query.course_id)


def course_details(uow: UnitOfWork, course_id: UUID) -> CourseDetails:
    """The same for commands, which answer what they changed. Raises `not_found`."""
    row = uow.one(select(courses).where(courses.c.id == course_id))
    versions = course_versions_of(uow, course_versions.c.course_id == course_id)
    return as_view(CourseDetails, row, versions=versions)


def course_versions_of(uow: UnitOfWork, which: ColumnElement[bool]) -> tuple[CourseVersionView, ...]:
    """Course versions with their requirements, by number."""
    versions = uow.rows(select(course_versions).where(which).order_by(course_versions.c.number))
    table = assessment_requirements
    proposed: dict[UUID, list[AssessmentRequirementView]] = {version.id: [] for version in versions}
    for row in uow.rows(select(table).where(ids_in(table.c.course_version_id, proposed)).order_by(table.c.id)):
        proposed[row.course_version_id].append(requirement_view(row))
    return tuple(as_view(CourseVersionView, version, requirements=tuple(proposed[version.id])) for version in versions)


def requirement_view(row: Row[Any]) -> AssessmentRequirementView:
    """One requirement."""
    return as_view(AssessmentRequirementView, row)
