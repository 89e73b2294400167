"""Due work of enrollment."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import and_, or_, select

from chassis.data.unit_of_work import UnitOfWork
from contracts.base import MAX_EVENT_ROWS, type_name
from contracts.registry.events import StudentDocumentState
from services.enrollment.domain.workflows import RECORDED
from services.enrollment.steps.records import follow
from services.enrollment.tables import applications, student_documents

_a, _d = applications.c, student_documents.c

_AFTER_A_REBUILD: Final = timedelta(days=1)
"""So long after the copy was fetched anew the forms are gone over: it takes seconds where there are a million."""


def follow_records(uow: UnitOfWork) -> int:
    """Bring forms in line with a copy that was fetched anew; how many. What the registry tells, a reaction follows at
    once; but after the registry was restored its copy says what is older than what the reaction had heard."""
    states = uow.tables["copy_states"].c
    fetched = select(states.completed_at).where(states.kind == type_name(StudentDocumentState))
    at = uow.scalar(fetched)
    if at is None or at < uow.now - _AFTER_A_REBUILD:
        return 0
    studies = and_(_d.studying, ~_d.deleted)
    behind = or_(_a.recorded_at.is_(None), _a.studying != studies)
    differing = (
        select(student_documents)
        .join(applications, _a.student_id == _d.id)
        .where(_a.state.in_(RECORDED), behind)
        .order_by(_d.id)
        .limit(MAX_EVENT_ROWS)
        .with_for_update(of=[student_documents], skip_locked=True)
    )
    return follow(uow, {row.id: row for row in uow.rows(differing)})
