"""How many forms there are (ENR-10): by point, programme or day, beside those of the intake before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, null, select

from chassis.data.pages import as_view, day_of, equals
from chassis.data.unit_of_work import UnitOfWork
from contracts.enrollment.queries import ApplicationGrouping, GetApplicationStatistics
from contracts.enrollment.views import ApplicationCount, ApplicationStatistics
from services.enrollment.tables import applications

_a = applications.c
_BY: dict[ApplicationGrouping, dict[str, ColumnElement[Any]]] = {
    ApplicationGrouping.POINT: {"teaching_point_id": _a.teaching_point_id},
    ApplicationGrouping.PROGRAMME: {"level": _a.level, "major_name": _a.major_name},
    ApplicationGrouping.DAY: {"day": day_of(_a.sent_at)},
}
_ALL = ("teaching_point_id", "level", "major_name", "day")


def get_application_statistics(query: GetApplicationStatistics, uow: UnitOfWork) -> ApplicationStatistics:
    """Forms in the actor's scope, counted by state and by what is asked for."""
    before = query.intake and uow.scalar(select(func.max(_a.intake)).where(_a.intake < query.intake))
    return ApplicationStatistics(
        items=_counted(uow, query, query.intake),
        intake_before=before,
        items_before=_counted(uow, query, before) if before else (),
    )


def _counted(uow: UnitOfWork, query: GetApplicationStatistics, intake: str | None) -> tuple[ApplicationCount, ...]:
    by = _BY[query.group_by]
    keys = (*by.values(), _a.state)
    statement = (
        select(*(by.get(name, null()).label(name) for name in _ALL), _a.state, func.count().label("count"))
        .where(
            equals(_a.intake, intake),
            equals(_a.level, query.level),
            equals(_a.teaching_point_id, query.teaching_point_id),
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    return tuple(as_view(ApplicationCount, row) for row in uow.rows(statement))
