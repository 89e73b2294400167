"""Admission rounds as the rules see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, true

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.data.whole_lists import Reader
from contracts.enrollment.states import AdmissionRoundStatus
from services.enrollment.domain.rounds import Round
from services.enrollment.tables import admission_round_points, admission_rounds


def offered(uow: Reader) -> ColumnElement[bool]:
    """Of the rounds those that the actor hears of: a draft is the school's own."""
    if uow.context.scope.kind == "point":
        return admission_rounds.c.status == AdmissionRoundStatus.PUBLISHED
    return true()


def rounds_of(uow: UnitOfWork, round_ids: Collection[UUID]) -> Mapping[UUID, Round]:
    """Rounds with the points that take part, as they are now."""
    r, p = admission_rounds.c, admission_round_points.c
    found = uow.rows(select(admission_rounds).where(ids_in(r.id, round_ids)))
    points: dict[UUID, set[UUID]] = defaultdict(set)
    for row in uow.rows(select(admission_round_points).where(ids_in(p.admission_round_id, round_ids))):
        points[row.admission_round_id].add(row.teaching_point_id)
    return {row.id: _round(row, points[row.id]) for row in found}


def _round(row: Row[Any], points: Collection[UUID]) -> Round:
    return Round(
        code=row.code,
        intake=row.intake,
        status=row.status,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        review_closes_at=row.review_closes_at,
        levels=frozenset(row.levels),
        points=None if row.every_point else frozenset(points),
    )
