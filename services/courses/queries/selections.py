"""Selections and cohorts in lists."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select

from chassis.data.bulk import ids_in
from chassis.data.lists import Listing
from chassis.data.pages import as_view
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
        .outerjoin(courses, courses.c.id == selections.c.course_id)
        .outerjoin(selection_rounds, selection_rounds.c.id == selections.c.selection_round_id)
        .outerjoin(students, students.c.id == selections.c.student_id)
    )


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


SELECTIONS = Listing[SelectionView](
    ListSelections,
    selections,
    shown=_selections,
    views=_selection_views,
    filters={
        "search": lambda text, uow: student_search.found(selections.c.student_id, text),
    },
    sorts={"student_number": students.c.student_number, "course_code": courses.c.code},
    few=frozenset({"student_id"}),
    listed={"selection_round_id": selection_rounds.c.id},
)


def list_selections(query: ListSelections, uow: UnitOfWork) -> Page[SelectionView]:
    """Selections, newest first unless told otherwise."""
    return SELECTIONS.page(query, uow)


def get_selection(query: GetSelection, uow: UnitOfWork) -> SelectionView:
    """One selection."""
    row = uow.one(_selections().where(selections.c.id == query.selection_id))
    return _selection_views(uow, [row])[0]


def _cohort_views(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> Iterator[CohortStudent]:
    terms = calendar(uow)
    for row in rows:
        current = nth_term(terms, row.intake, study_breaks(row.suspensions), uow.today)
        yield as_view(CohortStudent, row, student_id=row.id, current_term=current)


COHORT = Listing[CohortStudent](ListCohort, students, views=_cohort_views, always=~students.c.deleted)


def list_cohort(query: ListCohort, uow: UnitOfWork) -> Page[CohortStudent]:
    """The students of one intake and five elements, by number unless told otherwise."""
    return COHORT.page(query, uow)
