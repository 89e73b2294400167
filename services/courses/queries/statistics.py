"""Selection figures, and the rows that `reconcile` compares."""

from typing import Any

from sqlalchemy import func, null, select

from chassis.data.keyset import keyset_page
from chassis.data.pages import as_view, equals
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import KeysetPage
from contracts.courses.queries import GetSelectionStatistics, ListSelectionStatements, StatisticsGrouping
from contracts.courses.states import SelectionState
from contracts.courses.views import SelectionCount, SelectionStatement, SelectionStatistics
from services.courses.domain.workflows import PENDING_PAYMENT
from services.courses.tables.catalogue import courses
from services.courses.tables.selections import selection_rounds, selections, withdrawals

_BY_POINT = (StatisticsGrouping.POINT, StatisticsGrouping.POINT_AND_COURSE)
_BY_COURSE = (StatisticsGrouping.COURSE, StatisticsGrouping.POINT_AND_COURSE)

# What is closing is not paid and not ended yet.
_COUNTED = {
    "pending_payment": (PENDING_PAYMENT, SelectionState.CLOSING),
    "selected": (SelectionState.SELECTED,),
    "cancelled": (SelectionState.CANCELLED,),
    "lapsed": (SelectionState.LAPSED,),
    "withdrawn": (SelectionState.WITHDRAWN,),
}


def get_selection_statistics(query: GetSelectionStatistics, uow: UnitOfWork) -> SelectionStatistics:
    """Selections of a round, counted by state and by what is asked for. Raises `not_found` for an unknown round."""
    uow.one(select(selection_rounds.c.id).where(selection_rounds.c.id == query.selection_round_id))
    by: list[Any] = [selections.c.selection_round_id]
    by += [selections.c.teaching_point_id] if query.group_by in _BY_POINT else []
    by += [selections.c.course_id, courses.c.code, courses.c.name] if query.group_by in _BY_COURSE else []
    point = selections.c.teaching_point_id if query.group_by in _BY_POINT else null()
    course = (selections.c.course_id, courses.c.name) if query.group_by in _BY_COURSE else (null(), null())
    counts = (func.count().filter(selections.c.state.in_(states)).label(name) for name, states in _COUNTED.items())
    statement = (
        select(
            selections.c.selection_round_id,
            point.label("teaching_point_id"),
            course[0].label("course_id"),
            course[1].label("course_name"),
            *counts,
        )
        .join(courses, courses.c.id == selections.c.course_id)
        .where(
            selections.c.selection_round_id == query.selection_round_id,
            equals(selections.c.teaching_point_id, query.teaching_point_id),
        )
        .group_by(*by)
        .order_by(*by[1:])
    )
    return SelectionStatistics(items=tuple(as_view(SelectionCount, row) for row in uow.rows(statement)))


def list_selection_statements(query: ListSelectionStatements, uow: UnitOfWork) -> KeysetPage[SelectionStatement]:
    """Selections in order of id, each with its newest withdrawal."""
    newest = (
        select(withdrawals.c.id, withdrawals.c.state, withdrawals.c.updated_at)
        .where(withdrawals.c.selection_id == selections.c.id)
        .order_by(withdrawals.c.id.desc())
        .limit(1)
        .lateral("newest")
    )
    rows = select(
        selections,
        selections.c.billing_refusal.is_not(None).label("billing_refused"),
        selections.c.registration_refusal.is_not(None).label("registration_refused"),
        newest.c.id.label("withdrawal_id"),
        newest.c.state.label("withdrawal_state"),
        func.greatest(selections.c.updated_at, newest.c.updated_at).label("changed_at"),
    ).outerjoin(newest, newest.c.id.is_not(None))
    return keyset_page(uow, query, SelectionStatement, rows, selections.c.id)
