"""The copy of the students, held still: what depends on a student's status or point is made under a share lock."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.data.unit_of_work import UnitOfWork
from services.courses.tables.copies import students


def hold_students(uow: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Those of the students who are known, by id. Status and point stay as they are until the transaction ends."""
    held = select(students).where(students.c.id.in_(ids), ~students.c.deleted).order_by(students.c.id)
    return {row.id: row for row in uow.rows(held.with_for_update(read=True))}
