"""Programmes as the rules see them, and how their states become rows of the copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from chassis.data.unit_of_work import UnitOfWork
from chassis.rules.programmes import Elements, Programme
from contracts.courses.events import ProgrammeItem
from contracts.courses.states import ProgrammeStatus
from services.enrollment.tables import programmes

_p = programmes.c


def programme_row(item: ProgrammeItem) -> dict[str, Any]:
    """A programme's columns; the points that offer it are kept as JSON."""
    columns = item.model_dump(
        exclude={"teaching_point_ids", "name", "version_number", "minimum_years", "maximum_years"}
    )
    return {**columns, "teaching_point_ids": [str(point_id) for point_id in item.teaching_point_ids]}


def known_programmes(uow: UnitOfWork, *conditions: ColumnElement[bool]) -> Sequence[Programme]:
    """The programme versions that fit, whoever offers them."""
    found = uow.rows(select(programmes).where(~_p.deleted, *conditions))
    return [
        Programme(
            row.id,
            Elements(row.level, row.student_type, row.student_source, row.major_code, row.schooling_length),
            row.major_name,
            row.status == ProgrammeStatus.PUBLISHED,
            row.from_intake,
            row.until_intake,
            frozenset(UUID(id_) for id_ in row.teaching_point_ids),
        )
        for row in found
    ]
