"""Due work of enrollment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update

from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.rebuilt import AFTER_A_REBUILD, asked_for_at
from contracts.base import MAX_EVENT_ROWS
from contracts.registry.events import StudentDocumentState
from services.enrollment.domain.workflows import ADMISSION_CANCELLED, ADMITTED, RECORDED
from services.enrollment.steps.records import follow
from services.enrollment.tables import applications, student_documents

_a, _d = applications.c, student_documents.c


def follow_records(uow: UnitOfWork) -> int:
    """Bring forms in line with a copy that was fetched anew; how many. What the registry tells, a reaction follows at
    once; but after the registry was restored its copy says what is older than what the reaction had heard, or knows
    nothing any more."""
    asked_at = asked_for_at(uow, StudentDocumentState)
    if asked_at is None:
        return 0
    changed = _let_go_of_never_recorded(uow, asked_at)
    if asked_for_at(uow, StudentDocumentState, AFTER_A_REBUILD) is not None:
        changed += _follow_copy(uow) + _let_go_of_lost(uow, asked_at)
    return changed


def _follow_copy(uow: UnitOfWork) -> int:
    may_study = or_(_a.state == ADMITTED, _a.studying)  # as `follow` has it
    behind = or_(_a.recorded_at.is_(None), _a.studying != and_(_d.studying, ~_d.deleted, may_study))
    differing = (
        select(student_documents)
        .join(applications, _a.student_id == _d.id)
        .where(_a.state.in_(RECORDED), behind)
        .order_by(_d.id)
        .limit(MAX_EVENT_ROWS)
        .with_for_update(of=[student_documents], skip_locked=True)
    )
    return follow(uow, {row.id: row for row in uow.rows(differing)})


def _let_go_of_lost(uow: UnitOfWork, asked_at: datetime) -> int:
    """Whose record was there and is lost studies no more, lest they could never begin the level again."""
    return _let_go(uow, _a.state.in_(RECORDED), _a.recorded_at < asked_at)


def _let_go_of_never_recorded(uow: UnitOfWork, asked_at: datetime) -> int:
    """So does who was cancelled and of whose record nobody has ever heard, though the copy was asked for after they
    were admitted: it was lost on its way, and no news will come of it. While the admission stands it is waited for."""
    return _let_go(uow, _a.state == ADMISSION_CANCELLED, _a.recorded_at.is_(None), _a.admitted_at < asked_at)


def _let_go(uow: UnitOfWork, *which: ColumnElement[bool]) -> int:
    known = select(_d.id).where(_d.id == _a.student_id).exists()
    return uow.execute(update(applications).where(*which, _a.studying, ~known).values(studying=False)).rowcount
