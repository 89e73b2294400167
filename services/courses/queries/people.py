"""Whose a selection or a withdrawal is, and of which course: what their lists show."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from services.courses.tables.catalogue import courses
from services.courses.tables.copies import students

PEOPLE = (students.c.student_number, students.c.name.label("student_name"))
COURSE = (courses.c.code.label("course_code"), courses.c.name.label("course_name"))


def people_of(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> dict[UUID, dict[str, Any]]:
    """Number and name of each row's student. A course lead has no student in scope, and a former point none who has
    moved on; of the rows that are in their scope they do see whose they are, so those names are read by the system.
    Both are empty where the copy has lost the student (registry went back to a backup): the row stays to be seen."""
    people = {r.student_id: {"student_number": r.student_number, "student_name": r.student_name} for r in rows}
    unnamed = [id_ for id_, person in people.items() if person["student_number"] is None]
    if unnamed:
        with uow.as_system():
            found = uow.rows(select(students.c.id, *PEOPLE).where(ids_in(students.c.id, unnamed)))
        for row in found:
            people[row.id] = {"student_number": row.student_number, "student_name": row.student_name}
        for id_ in set(unnamed) - {row.id for row in found}:
            people[id_] = {"student_number": "", "student_name": ""}
    return people
