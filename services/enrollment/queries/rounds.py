"""Admission rounds."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from chassis.data.lists import Listing
from chassis.data.pages import as_view, open_now
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import Page
from contracts.enrollment.queries import GetAdmissionRound, ListAdmissionRounds
from contracts.enrollment.states import AdmissionRoundStatus
from contracts.enrollment.views import AdmissionRoundDetails, AdmissionRoundView
from services.enrollment.steps.rounds import offered
from services.enrollment.tables import admission_round_points, admission_rounds

_r = admission_rounds.c


_open_now = open_now(_r.status == AdmissionRoundStatus.PUBLISHED, _r.opens_at, _r.closes_at)
ROUNDS = Listing[AdmissionRoundView](
    ListAdmissionRounds, admission_rounds, filters={"open_now": _open_now}, always=offered
)


def list_admission_rounds(query: ListAdmissionRounds, uow: UnitOfWork) -> Page[AdmissionRoundView]:
    """Admission rounds, newest first unless told otherwise."""
    return ROUNDS.page(query, uow)


def get_admission_round(query: GetAdmissionRound, uow: UnitOfWork) -> AdmissionRoundDetails:
    """A round with the points that take part. Raises `not_found` for a draft that is not the actor's to see."""
    uow.one(select(_r.id).where(_r.id == query.admission_round_id, offered(uow)))
    return round_details(uow, query.admission_round_id)


def round_details(uow: UnitOfWork, round_id: UUID) -> AdmissionRoundDetails:
    """The same for commands, which answer what they changed. Raises `not_found`."""
    row = uow.one(select(admission_rounds).where(_r.id == round_id))
    p = admission_round_points.c
    limited = select(p.teaching_point_id).where(p.admission_round_id == round_id).order_by(p.teaching_point_id)
    points = tuple(each.teaching_point_id for each in uow.rows(limited))
    return as_view(AdmissionRoundDetails, row, teaching_point_ids=points)
