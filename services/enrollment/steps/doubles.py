"""Forms that may be of one person: the same name and birth date by different documents. Whether they are, people
decide: two may be called alike and be born on one day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from services.enrollment.domain.workflows import CHECKABLE
from services.enrollment.tables import applications

_a = applications.c

MOST_SHOWN: Final = 20
"""Of a common name not more are looked at side by side."""


def are_alike(other: Any, form: Any) -> ColumnElement[bool]:
    """Whether another form, which is not taken back, may be of the same person as this one: columns, or a row."""
    another_document = or_(other.id_kind != form.id_kind, other.id_number != form.id_number)
    same_person = and_(other.name == form.name, other.birth_on == form.birth_on)
    return and_(same_person, another_document, other.state.in_(CHECKABLE))


def count_doubles(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> Mapping[UUID, int]:
    """How many such forms there are for each, in the actor's sight; forms without any are left out."""
    other = applications.alias("other")
    alike = (
        select(_a.id, func.count().label("found"))
        .join(other, are_alike(other.c, _a))
        .where(ids_in(_a.id, {row.id for row in rows}))
        .group_by(_a.id)
    )
    return {row.id: row.found for row in uow.rows(alike)}
