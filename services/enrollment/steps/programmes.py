"""Programmes as the rules see them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from chassis.data.unit_of_work import UnitOfWork
from chassis.rules.programme_copies import programme_of
from chassis.rules.programmes import Programme
from services.enrollment.tables import programmes


def known_programmes(uow: UnitOfWork, *conditions: ColumnElement[bool]) -> Sequence[Programme]:
    """The programme versions that fit, whoever offers them."""
    return [programme_of(row) for row in uow.rows(select(programmes).where(~programmes.c.deleted, *conditions))]
