"""Withdrawals as people see them."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select

from chassis.data.unit_of_work import UnitOfWork
from chassis.requests.showing import Shown
from chassis.work.reasons import Reason, refusal
from services.courses.domain.workflows import NOT_LEARNING, WITHDRAWAL
from services.courses.queries.people import COURSE, PEOPLE, people_of
from services.courses.steps.withdrawing import WITHDRAWALS
from services.courses.tables.catalogue import courses
from services.courses.tables.copies import student_search, students
from services.courses.tables.selections import selections, withdrawals


def _rows() -> Select[Any]:
    # A withdrawal is where its selection is: none is lost by the join, and none is read that the list does not show.
    return (
        select(withdrawals, *PEOPLE, *COURSE, selections.c.selection_round_id)
        .outerjoin(selections, selections.c.id == withdrawals.c.selection_id)
        .outerjoin(courses, courses.c.id == withdrawals.c.course_id)
        .outerjoin(students, students.c.id == withdrawals.c.student_id)
    )


def _fields(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> Iterator[dict[str, Any]]:
    people = people_of(uow, rows)
    for row in rows:
        yield {
            **people[row.student_id],
            "learning_open": row.state not in NOT_LEARNING,
            "revocable": row.state == WITHDRAWAL.initial,
            "refusal": refusal(Reason.of_row(row.refusal), uow.context.language),
            "requested_by": row.entered_by,
        }


def _searched(text: str | None) -> ColumnElement[bool]:
    return student_search.found(withdrawals.c.student_id, text)


SHOWN = Shown(WITHDRAWALS, _rows, _fields, _searched, {"student_number": students.c.student_number})
