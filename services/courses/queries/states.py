"""The public view of what this service owns, as the state events carry it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from chassis.data.bulk import ids_in
from chassis.data.pages import as_view
from chassis.data.unit_of_work import UnitOfWork
from contracts.courses.events import CourseItem, ProgrammeItem
from services.courses.tables.catalogue import courses
from services.courses.tables.programmes import programme_points, programmes


def course_items(ids: Sequence[UUID], uow: UnitOfWork) -> list[CourseItem]:
    """Courses as others see them."""
    rows = uow.rows(select(courses).where(ids_in(courses.c.id, ids)))
    return [as_view(CourseItem, row) for row in rows]


def programme_items(ids: Sequence[UUID], uow: UnitOfWork) -> list[ProgrammeItem]:
    """Programme versions as others see them, with the points that offer them."""
    points = (
        select(func.coalesce(func.array_agg(programme_points.c.teaching_point_id), []))
        .where(programme_points.c.programme_id == programmes.c.id)
        .scalar_subquery()
    )
    statement = select(programmes, points.label("teaching_point_ids")).where(ids_in(programmes.c.id, ids))
    return [as_view(ProgrammeItem, row) for row in uow.rows(statement)]
