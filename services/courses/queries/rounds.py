"""Selection rounds."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from chassis.data.lists import Listing
from chassis.data.pages import as_view, open_now
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import Page
from contracts.courses.catalogue_views import CourseView
from contracts.courses.queries import GetSelectionRound, ListSelectionRounds
from contracts.courses.states import RoundStatus
from contracts.courses.views import SelectionRoundDetails, SelectionRoundView
from services.courses.tables.catalogue import courses
from services.courses.tables.selections import selection_round_courses, selection_rounds

_course_count = (
    select(func.count())
    .where(selection_round_courses.c.selection_round_id == selection_rounds.c.id)
    .scalar_subquery()
    .label("course_count")
)


def _rounds() -> Select[Any]:
    return select(selection_rounds, _course_count)


_r = selection_rounds.c
_open_now = open_now(_r.status == RoundStatus.PUBLISHED, _r.opens_at, _r.closes_at)
ROUNDS = Listing[SelectionRoundView](
    ListSelectionRounds, selection_rounds, shown=_rounds, filters={"open_now": _open_now}
)


def list_selection_rounds(query: ListSelectionRounds, uow: UnitOfWork) -> Page[SelectionRoundView]:
    """Selection rounds, newest first unless told otherwise."""
    return ROUNDS.page(query, uow)


def get_selection_round(query: GetSelectionRound, uow: UnitOfWork) -> SelectionRoundDetails:
    """A round with its courses."""
    return round_details(uow, query.selection_round_id)


def round_details(uow: UnitOfWork, round_id: UUID) -> SelectionRoundDetails:
    """The same for commands, which answer what they changed. Raises `not_found`."""
    row = uow.one(select(selection_rounds, _course_count).where(selection_rounds.c.id == round_id))
    inside = (
        select(courses)
        .join(selection_round_courses, selection_round_courses.c.course_id == courses.c.id)
        .where(selection_round_courses.c.selection_round_id == round_id)
        .order_by(courses.c.code)
    )
    listed = tuple(as_view(CourseView, course) for course in uow.rows(inside))
    return as_view(SelectionRoundDetails, row, courses=listed)
