"""A student's plan (CRS-12): the programme's courses, where each stands, and what speaks against selecting it now."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import distinct_on

from chassis.data.pages import as_view
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import refusals
from contracts.courses.queries import GetPlan
from contracts.courses.states import RoundStatus
from contracts.courses.views import Plan, PlanCourse
from services.courses.domain.calendar import nth_term
from services.courses.domain.plan import plan_state
from services.courses.domain.selection import judge
from services.courses.domain.situation import Verdict
from services.courses.domain.workflows import OPEN_STATES
from services.courses.queries.calendar import calendar
from services.courses.queries.selections import newest_withdrawal
from services.courses.queries.situation import situation_of, study_breaks
from services.courses.tables.catalogue import courses
from services.courses.tables.copies import students
from services.courses.tables.programmes import programme_courses, programme_modules, programmes
from services.courses.tables.selections import selection_rounds, selections


def get_plan(query: GetPlan, uow: UnitOfWork) -> Plan:
    """The plan of one student. Raises `not_found`."""
    student = uow.one(select(students).where(students.c.id == query.student_id, ~students.c.deleted))
    programme = uow.first(select(programmes).where(programmes.c.id == student.programme_id))
    placed = uow.rows(_courses_of(student.programme_id))
    selected = _selections_of(uow, student.id)
    verdicts = _verdicts(uow, student.id, [row.course_id for row in placed])
    listed = [row for row in selected.values() if row.state in OPEN_STATES]
    return Plan(
        student_id=student.id,
        student_number=student.student_number,
        student_name=student.name,
        status=student.status,
        programme_id=student.programme_id,
        programme_name=programme.name if programme else "",
        current_term=nth_term(calendar(uow), student.intake, study_breaks(student.suspensions), uow.today),
        total_credits=programme.total_credits if programme else Decimal(0),
        selected_credits=sum((row.credits for row in listed), Decimal(0)),
        courses=tuple(
            _plan_course(uow, row, selected.get(row.course_id), verdicts.get(row.course_id)) for row in placed
        ),
    )


def _courses_of(programme_id: UUID) -> Any:
    return (
        select(
            programme_courses,
            courses.c.code.label("course_code"),
            courses.c.name.label("course_name"),
            courses.c.credits,
            programme_modules.c.name.label("module"),
        )
        .join(courses, courses.c.id == programme_courses.c.course_id)
        .join(programme_modules, programme_modules.c.id == programme_courses.c.module_id)
        .where(programme_courses.c.programme_id == programme_id)
        .order_by(programme_courses.c.suggested_term, programme_modules.c.position, courses.c.code)
    )


def _selections_of(uow: UnitOfWork, student_id: UUID) -> dict[UUID, Row[Any]]:
    """The newest selection of each course."""
    newest = (
        select(selections, newest_withdrawal.label("withdrawal_state"))
        .where(selections.c.student_id == student_id)
        .ext(distinct_on(selections.c.course_id))
        .order_by(selections.c.course_id, selections.c.id.desc())
    )
    return {row.course_id: row for row in uow.rows(newest)}


def _verdicts(uow: UnitOfWork, student_id: UUID, course_ids: Sequence[UUID]) -> dict[UUID, Verdict]:
    """The kindest verdict on each course over all open rounds; with none open, that of the round nearest to now."""
    published = select(selection_rounds).where(selection_rounds.c.status == RoundStatus.PUBLISHED)
    rounds = uow.rows(published.order_by(selection_rounds.c.opens_at.desc()).limit(20))
    open_now = [row for row in rounds if row.opens_at <= uow.now < row.closes_at] or rounds[:1]
    kindest: dict[UUID, Verdict] = {}
    for each in open_now:
        for verdict in judge(situation_of(uow, each.id, [student_id], course_ids), [student_id], course_ids):
            known = kindest.get(verdict.course_id)
            if known is None or len(verdict.reasons) < len(known.reasons):
                kindest[verdict.course_id] = verdict
    return kindest


def _plan_course(uow: UnitOfWork, row: Row[Any], selection: Row[Any] | None, verdict: Verdict | None) -> PlanCourse:
    state = plan_state(selection.state, selection.withdrawal_state) if selection else plan_state(None, None)
    return as_view(
        PlanCourse,
        row,
        state=state,
        selection_id=selection.id if selection else None,
        selectable=verdict is not None and verdict.selected,
        refusals=refusals(verdict.reasons, uow.context.language) if verdict else (),
    )
