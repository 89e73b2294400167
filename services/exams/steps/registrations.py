"""Reading and locking registrations, and the steps that they take, for commands, reactions and jobs.

Whoever needs several locks takes them in this order: student copies, holds, rounds, registrations
by ascending id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, false, func, select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import set_each
from chassis.work.steps import take_locked
from contracts.base import Event
from contracts.exams.events import RefusedRegistration, RegistrationRefused
from contracts.exams.states import RegistrationEnd
from services.exams.domain.registrations import free
from services.exams.domain.workflows import REGISTRATION
from services.exams.steps.rounds import share_rounds
from services.exams.tables import exam_registrations, exam_round_courses, exam_sessions

_r = exam_registrations.c


def lock_where(uow: UnitOfWork, *conditions: ColumnElement[bool]) -> list[Row[Any]]:
    """The registrations that fit, locked in order of id, each with `started`: whether its session has begun."""
    placed, sessions = exam_round_courses.c, exam_sessions.c
    starts_at = (
        select(sessions.starts_at)
        .join(exam_round_courses, placed.session_id == sessions.id)
        .where(placed.exam_round_id == _r.exam_round_id, placed.course_id == _r.course_id, ~placed.deleted)
        .scalar_subquery()
    )
    started = func.coalesce(starts_at <= uow.now, false()).label("started")
    return uow.rows(
        select(exam_registrations, started).where(*conditions).order_by(_r.id).with_for_update(of=exam_registrations)
    )


def step(
    uow: UnitOfWork,
    rows: Sequence[Row[Any]],
    action: str,
    *,
    each: Mapping[UUID, Mapping[str, Any]] | None = None,
    **values: Any,
) -> None:
    """Take one step of the workflow with these locked rows and set `values` with it, and what is `each` row's own."""
    take_locked(uow, REGISTRATION, exam_registrations, rows, action, values=values, each=each).whole()


def end(uow: UnitOfWork, rows: Sequence[Row[Any]], action: str, ended_by: RegistrationEnd) -> None:
    """Cancel or lapse registrations; nothing holds them any longer."""
    step(uow, rows, action, ended_by=ended_by, held_by_withdrawal_id=None, held_by_suspension=False)


def note_hold(
    uow: UnitOfWork, rows: Sequence[Row[Any]], *, each: Mapping[UUID, Mapping[str, Any]] | None = None, **values: Any
) -> None:
    """Change what holds registrations that stay suspended: `values` of all, and what is `each` row's own."""
    own = {row.id: {**values, **(each[row.id] if each else {})} for row in rows}
    set_each(uow, exam_registrations, own)
    for row in rows:
        before = {name: row._mapping[name] for name in own[row.id]}
        uow.audit(exam_registrations, row.id, "change_hold", before, own[row.id])


def refund(uow: UnitOfWork, rows: Iterable[Row[Any]], code: str, *, because: Event | None = None) -> None:
    """Tell finance that there is no seat for these paid fees."""
    refused = [
        RefusedRegistration(registration_id=row.id, selection_id=row.selection_id, bill_id=row.bill_id, code=code)
        for row in rows
    ]
    uow.publish_rows(RegistrationRefused, refused, because=because)


def set_free(uow: UnitOfWork, rows: Sequence[Row[Any]], *, suspended: bool, because: Event | None = None) -> None:
    """End the hold of suspended registrations (`suspended`: only the withdrawal's, the student's suspension lasts).

    The rounds are held first: whether the arrangement is published decides where they go.
    """
    rounds = share_rounds(uow, {row.exam_round_id for row in rows})
    by_outcome: dict[Any, list[Row[Any]]] = {}
    for row in rows:
        arranged = rounds[row.exam_round_id].arrangement_published_at is not None
        outcome = free(
            still_suspended=suspended,
            round_arranged=arranged,
            has_seat=row.arranged_at is not None,
            started=row.started,
        )
        by_outcome.setdefault(outcome, []).append(row)
    for outcome, freed in by_outcome.items():
        if outcome is None:
            note_hold(uow, freed, held_by_withdrawal_id=None)
        elif outcome.ended_by is None:
            step(uow, freed, outcome.action, held_by_withdrawal_id=None, held_by_suspension=False)
        else:
            end(uow, freed, outcome.action, outcome.ended_by)
            refund(uow, freed, outcome.ended_by, because=because)


def of_selections(selection_ids: Collection[UUID]) -> ColumnElement[bool]:
    """Condition: registrations of these selections."""
    return ids_in(_r.selection_id, selection_ids)


def resits(registration_ids: Collection[UUID], states: Sequence[str]) -> ColumnElement[bool]:
    """Condition: these resits, in one of the states."""
    return and_(ids_in(_r.id, registration_ids), _r.resit_of.is_not(None), _r.state.in_(states))
