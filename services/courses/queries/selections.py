"""Selections and cohorts in lists."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select

from chassis.data.bulk import ids_in
from chassis.data.pages import as_view, equals, page_of
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import Reason, refusal
from contracts.base import Page
from contracts.courses.queries import (
    GetSelection,
    ListCohort,
    ListSelections,
)
from contracts.courses.views import CohortStudent, SelectionBill, SelectionView
from services.courses.domain.calendar import nth_term
from services.courses.domain.workflows import NOT_LEARNING, SELECTED
from services.courses.queries.calendar import calendar
from services.courses.queries.people import COURSE, PEOPLE, people_of
from services.courses.queries.situation import study_breaks
from services.courses.tables.catalogue import courses
from services.courses.tables.copies import bills, student_search, students
from services.courses.tables.selections import selection_rounds, selections, withdrawals

newest_withdrawal = (
    select(withdrawals.c.state)
    .where(withdrawals.c.selection_id == selections.c.id)
    .order_by(withdrawals.c.id.desc())
    .limit(1)
    .scalar_subquery()
)


def _selections() -> Select[Any]:
    due_at = func.greatest(selection_rounds.c.payment_deadline, selections.c.ask_again_at)
    return (
        select(selections, *PEOPLE, *COURSE, newest_withdrawal.label("withdrawal_state"), due_at.label("due_at"))
        .join(courses, courses.c.id == selections.c.course_id)
        .join(selection_rounds, selection_rounds.c.id == selections.c.selection_round_id)
        .outerjoin(students, students.c.id == selections.c.student_id)
    )


def list_selections(query: ListSelections, uow: UnitOfWork) -> Page[SelectionView]:
    """Selections, newest first unless told otherwise."""
    named = ("student_id", "course_id", "selection_round_id", "teaching_point_id", "state")
    statement = _selections().where(
        *(equals(selections.c[name], getattr(query, name)) for name in named),
        equals(students.c.intake, query.intake),
        student_search.found(selections.c.student_id, query.search),
    )
    sortable: dict[str, ColumnElement[Any]] = {
        "selected_at": selections.c.selected_at,
        "student_number": students.c.student_number,
        "course_code": courses.c.code,
    }
    return page_of(
        SelectionView,
        uow,
        statement,
        query,
        sortable=sortable,
        default="-selected_at",
        views=lambda rows: _selection_views(uow, rows),
    )


def get_selection(query: GetSelection, uow: UnitOfWork) -> SelectionView:
    """One selection."""
    row = uow.one(_selections().where(selections.c.id == query.selection_id))
    return _selection_views(uow, [row])[0]


def _selection_views(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> tuple[SelectionView, ...]:
    of_selection: dict[UUID, list[SelectionBill]] = {row.id: [] for row in rows}
    mine = select(bills).where(ids_in(bills.c.selection_id, of_selection), ~bills.c.deleted).order_by(bills.c.id)
    for bill in uow.rows(mine):
        of_selection[bill.selection_id].append(as_view(SelectionBill, bill, bill_id=bill.id))
    people = people_of(uow, rows)
    return tuple(
        as_view(
            SelectionView,
            row,
            **people[row.student_id],
            refusal=refusal(Reason.of_row(row.billing_refusal or row.registration_refusal), uow.context.language),
            learning_open=row.state == SELECTED and row.withdrawal_state not in NOT_LEARNING,
            bills=tuple(of_selection[row.id]),
        )
        for row in rows
    )


def list_cohort(query: ListCohort, uow: UnitOfWork) -> Page[CohortStudent]:
    """The students of one intake and five elements, by number unless told otherwise."""
    named = ("intake", "level", "student_type", "student_source", "major_code", "schooling_length", "teaching_point_id")
    conditions = (equals(students.c[name], getattr(query, name)) for name in named)
    statement = select(students).where(*conditions, ~students.c.deleted)
    sortable = {name: students.c[name] for name in ("student_number", "name", "status")}
    terms = calendar(uow)

    def views(rows: Sequence[Row[Any]]) -> Iterator[CohortStudent]:
        for row in rows:
            current = nth_term(terms, row.intake, study_breaks(row.suspensions), uow.today)
            yield as_view(CohortStudent, row, student_id=row.id, current_term=current)

    return page_of(CohortStudent, uow, statement, query, sortable=sortable, default="student_number", views=views)
