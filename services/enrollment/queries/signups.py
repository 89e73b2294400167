"""Quick signups, for the points that they reached."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from chassis.data.lists import Listing
from chassis.data.pages import as_view
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.steps import history_of
from contracts.base import Page
from contracts.enrollment.signups import GetSignup, ListSignups, SignupDetails, SignupView
from services.enrollment.domain.workflows import SIGNUP
from services.enrollment.tables import signup_search, signups, teaching_points


def _with_points() -> Select[Any]:
    name = teaching_points.c.name.label("teaching_point_name")
    return select(signups, name).outerjoin(teaching_points, teaching_points.c.id == signups.c.teaching_point_id)


SIGNUPS = Listing[SignupView](
    ListSignups,
    signups,
    shown=_with_points,
    filters={"search": lambda text, uow: signup_search.found(signups.c.id, text)},
)


def list_signups(query: ListSignups, uow: UnitOfWork) -> Page[SignupView]:
    """Signups in the actor's scope, the newest first."""
    return SIGNUPS.page(query, uow)


def get_signup(query: GetSignup, uow: UnitOfWork) -> SignupDetails:
    """A signup with what came of it. Raises `not_found`."""
    row = uow.one(_with_points().where(signups.c.id == query.signup_id))
    return as_view(SignupDetails, row, history=history_of(uow, row.id, SIGNUP))
