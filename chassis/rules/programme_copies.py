"""The local copy of programmes, as every service keeps it that finds a programme by its five elements."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, MetaData, Row, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.data.row_scope import scope
from chassis.data.tables import copy_table
from chassis.rules.programmes import Elements, Programme

PUBLISHED = "published"
"""The status of a programme that is studied."""

_ELEMENTS = ("level", "student_type", "student_source", "major_code", "schooling_length")
_ELSEWHERE = {"teaching_point_ids", "name", "version_number", "minimum_years", "maximum_years"}


def programme_copy(metadata: MetaData) -> Table:
    """The table of the copy, which everybody reads."""
    elements = (Column(name, Text, nullable=False) for name in _ELEMENTS)
    table = copy_table(
        "programmes",
        metadata,
        Column("code", Text, nullable=False),
        Column("major_name", Text, nullable=False),
        Column("status", Text, nullable=False),
        *elements,
        Column("from_intake", Text, nullable=False),
        Column("until_intake", Text),
        Column("teaching_point_ids", JSONB, nullable=False),
        Index("ix_programmes_elements", "major_code", "level"),
    )
    return scope(table, read_by_all=True)


def programme_row(item: Any) -> dict[str, Any]:
    """The columns of a `ProgrammeItem`; the points that offer it are kept as JSON."""
    columns: dict[str, Any] = item.model_dump(exclude=_ELSEWHERE)
    return {**columns, "teaching_point_ids": [str(point_id) for point_id in item.teaching_point_ids]}


def programme_of(row: Row[Any]) -> Programme:
    """A row as rules see it."""
    return Programme(
        row.id,
        Elements(*(row._mapping[name] for name in _ELEMENTS)),
        row.major_name,
        row.status == PUBLISHED,
        row.from_intake,
        row.until_intake,
        frozenset(UUID(id_) for id_ in row.teaching_point_ids),
    )
