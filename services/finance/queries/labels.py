"""Names that lists show beside rows which the actor may read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from services.finance.tables.copies import courses, students

_STUDENT = ("student_number", "intake", "level", "student_type", "major_code", "schooling_length")


@dataclass(slots=True)
class Labels:
    """What is known of the students and courses of some rows; a copy that is late shows as nothing."""

    students: dict[UUID, Row[Any]] = field(default_factory=dict)
    courses: dict[UUID, Row[Any]] = field(default_factory=dict)

    def of(self, row: Row[Any]) -> dict[str, Any]:
        """The fields of a view that the copies fill, for a row with `student_id` and `course_id`."""
        student = self.students.get(row.student_id)
        course = self.courses.get(row.course_id)
        return {
            **{name: getattr(student, name, None) for name in _STUDENT},
            "student_name": getattr(student, "name", None),
            "course_code": getattr(course, "code", None),
            "course_name": getattr(course, "name", None),
        }


def labels(uow: UnitOfWork, rows: Iterable[Row[Any]]) -> Labels:
    """The names for rows with `student_id` and `course_id`.

    Read as the system, since a point goes on reading the bills that it paid for a student who has left to another:
    the rows themselves have passed the actor's scope.
    """
    rows = list(rows)
    if not rows:
        return Labels()
    with uow.as_system():
        return Labels(
            _by_id(uow, students, {row.student_id for row in rows}),
            _by_id(uow, courses, {row.course_id for row in rows}),
        )


def _by_id(uow: UnitOfWork, table: Any, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    return {row.id: row for row in uow.rows(select(table).where(ids_in(table.c.id, ids)))}
