"""What forms know of the records that came of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import lock_where, set_each
from services.enrollment.domain.workflows import ADMITTED, RECORDED
from services.enrollment.tables import applications

_a = applications.c


def follow(uow: UnitOfWork, records: Mapping[UUID, Any]) -> int:
    """Let the forms by which these students were admitted know that the record is there, and whether they study by it;
    how many changed. `records` are what is known of each student, held still: items of the registry, or rows of the
    copy."""
    found = lock_where(uow, applications, ids_in(_a.student_id, records), _a.state.in_(RECORDED))
    told = {id_: _told(row, records[row.student_id], uow) for id_, row in found.items()}
    news = {id_: values for id_, values in told.items() if _is_news(found[id_], values)}
    set_each(uow, applications, news)
    return len(news)


def _told(row: Row[Any], record: Any, uow: UnitOfWork) -> dict[str, Any]:
    """Whoever was cancelled and has let the level go does not take it back, whatever a registry that was set back says:
    by then they may study by another form."""
    may_study = row.state == ADMITTED or row.studying
    return {"recorded_at": row.recorded_at or uow.now, "studying": may_study and record.studying and not record.deleted}


def _is_news(row: Row[Any], values: Mapping[str, Any]) -> bool:
    """Whether it changes the form: the registry tells of every change of a record, most of which are none of a form."""
    return any(row._mapping[name] != value for name, value in values.items())
