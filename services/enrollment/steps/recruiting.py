"""Which teaching points recruit now, and in which rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from chassis.data.unit_of_work import UnitOfWork
from contracts.enrollment.states import AdmissionRoundStatus
from contracts.identity.states import TeachingPointStatus
from services.enrollment.domain.places import Position
from services.enrollment.domain.rounds import recruits
from services.enrollment.steps.rounds import rounds_of
from services.enrollment.tables import admission_rounds, teaching_points

_r, _t = admission_rounds.c, teaching_points.c


@dataclass(frozen=True, slots=True)
class Recruiting:
    """A teaching point with the rounds in which it recruits, those first that close first."""

    point: Row[Any]
    rounds: Sequence[Row[Any]]

    @property
    def position(self) -> Position | None:
        """Where it is; None where it has not told."""
        if self.point.longitude is None or self.point.latitude is None:
            return None
        return Position(self.point.longitude, self.point.latitude)


def recruiting(uow: UnitOfWork, *conditions: ColumnElement[bool]) -> list[Recruiting]:
    """Those of the points that fit, by their codes, which are enabled and part of a round that takes forms now."""
    to_come = select(admission_rounds).where(_r.status == AdmissionRoundStatus.PUBLISHED, _r.closes_at > uow.now)
    rows = {row.id: row for row in uow.rows(to_come.order_by(_r.closes_at, _r.code))}
    rounds = rounds_of(uow, rows)
    enabled = select(teaching_points).where(_t.status == TeachingPointStatus.ENABLED, ~_t.deleted, *conditions)
    found = (
        Recruiting(point, [row for id_, row in rows.items() if recruits(rounds[id_], point.id, uow.now)])
        for point in uow.rows(enabled.order_by(_t.code))
    )
    return [each for each in found if each.rounds]
