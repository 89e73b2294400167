"""Resits: registered by point or student for a missed exam, paid by a bill of their own (EXM-4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select

from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import locked
from chassis.work.reasons import Reason, refusals
from chassis.work.steps import enter
from contracts.common import ClosingReason, RowResults
from contracts.exams.commands import CancelResits, RegisterResits
from contracts.exams.events import RegisteredResit, ResitsRegistered
from contracts.exams.states import RegistrationState
from contracts.exams.views import ResitResult, ResitResults
from services.exams.domain.registrations import ENDED, ResitSituation, against_resit
from services.exams.domain.workflows import REGISTRATION
from services.exams.steps.closing import UNPAID_RESITS
from services.exams.tables import courses, exam_registrations, exam_round_courses, exam_rounds, students

_r = exam_registrations.c


def register_resits(command: RegisterResits, uow: UnitOfWork) -> ResitResults:
    """Register what may be repeated in the round; the others come back with every reason."""
    round_ = uow.one(select(exam_rounds).where(exam_rounds.c.id == command.exam_round_id))
    asked = select(_r.student_id).where(ids_in(_r.id, command.registration_ids))
    locked(uow, students, {row.student_id for row in uow.rows(asked)}, required=False)
    found = {row.id: row for row in uow.rows(_situations(command))}
    reasons = {id_: _reasons(uow, found.get(id_), round_) for id_ in command.registration_ids}
    accepted = [found[id_] for id_ in command.registration_ids if not reasons[id_]]
    made = _register(uow, accepted, command.exam_round_id)
    return ResitResults(
        results=tuple(
            ResitResult(
                resit_of=id_,
                registration_id=made.get(id_),
                state=RegistrationState.PENDING_PAYMENT if id_ in made else None,
                refusals=refusals(reasons[id_], uow.context.language),
            )
            for id_ in command.registration_ids
        )
    )


def cancel_resits(command: CancelResits, uow: UnitOfWork) -> RowResults:
    """Ask finance to cancel the bills of unpaid resits; they are `closing` until it answers."""
    ids = command.registration_ids
    return UNPAID_RESITS.ask(uow, ids, "cancel", ClosingReason.CANCELLED).results(uow, ids)


def _situations(command: RegisterResits) -> Any:
    """One row for each registration to be repeated, with all that the rule and the bill need."""
    newest = exam_registrations.alias("newest")
    n, placed = newest.c, exam_round_courses.c
    latest = (
        select(n.id, n.state, n.exam_round_id)
        .where(n.student_id == _r.student_id, n.course_id == _r.course_id, n.state.not_in(ENDED))
        .order_by(n.registered_at.desc(), n.id.desc())
        .limit(1)
        .lateral("latest")
    )
    here = and_(
        placed.exam_round_id == command.exam_round_id,
        placed.course_id == _r.course_id,
        ~placed.deleted,
    )
    return (
        select(
            exam_registrations,
            students.c.status.label("student_status"),
            students.c.student_type,
            students.c.student_source,
            students.c.teaching_point_id.label("student_point_id"),
            courses.c.code.label("course_code"),
            courses.c.education_levels,
            placed.id.label("placement_id"),
            latest.c.id.label("newest_id"),
            latest.c.state.label("newest_state"),
            latest.c.exam_round_id.label("newest_round_id"),
        )
        .join(students, students.c.id == _r.student_id)
        .join(courses, courses.c.id == _r.course_id)
        .outerjoin(exam_round_courses, here)
        .outerjoin(latest, latest.c.id.is_not(None))
        .where(ids_in(_r.id, command.registration_ids))
    )


def _reasons(uow: UnitOfWork, row: Row[Any] | None, round_: Row[Any]) -> list[Reason]:
    if row is None:
        return [Reason("not_found")]
    return against_resit(
        ResitSituation(
            student_status=row.student_status,
            course_code=row.course_code,
            round_code=round_.code,
            round_status=round_.status,
            opens_at=round_.registration_opens_at,
            closes_at=round_.registration_closes_at,
            now=uow.now,
            course_in_round=row.placement_id is not None,
            newest_state=row.newest_state or row.state,
            newest_in_round=row.newest_round_id == round_.id,
            repeats_newest=row.newest_id == row.id,
        )
    )


def _register(uow: UnitOfWork, rows: Sequence[Row[Any]], round_id: UUID) -> dict[UUID, UUID]:
    """Make the resits and tell finance; the new registration by the one that it repeats."""
    if not rows:
        return {}
    resits = [
        {
            "id": new_id(),
            "resit_of": row.id,
            "student_id": row.student_id,
            "teaching_point_id": row.student_point_id,
            "course_id": row.course_id,
            "exam_round_id": round_id,
            "exam_kind": row.exam_kind,
            "registered_at": uow.now,
        }
        for row in rows
    ]
    enter(uow, REGISTRATION, exam_registrations, resits, "register", audited=("resit_of", "exam_round_id"))
    told = [
        RegisteredResit(
            **{name: value for name, value in resit.items() if name not in ("id", "resit_of")},
            registration_id=resit["id"],
            education_levels=tuple(row.education_levels),
            student_type=row.student_type,
            student_source=row.student_source,
        )
        for resit, row in zip(resits, rows, strict=True)
    ]
    uow.publish_rows(ResitsRegistered, told)
    return {resit["resit_of"]: resit["id"] for resit in resits}
