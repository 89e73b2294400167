"""Reading and locking rounds, for commands and reactions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.data.unit_of_work import UnitOfWork
from services.exams.domain.rounds import Session
from services.exams.tables import exam_rounds, exam_sessions


def lock_round(uow: UnitOfWork, round_id: UUID) -> Row[Any]:
    """The round, held against every other change of it or its timetable. Raises `not_found`."""
    return uow.one(select(exam_rounds).where(exam_rounds.c.id == round_id).with_for_update())


def share_rounds(uow: UnitOfWork, round_ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """The rounds by id, kept from being arranged while this transaction puts candidates into them."""
    rows = uow.rows(
        select(exam_rounds).where(exam_rounds.c.id.in_(round_ids)).order_by(exam_rounds.c.id).with_for_update(read=True)
    )
    return {row.id: row for row in rows}


def sessions_of(uow: UnitOfWork, round_id: UUID) -> list[Session]:
    """The sessions of a round."""
    s = exam_sessions.c
    rows = uow.rows(select(exam_sessions).where(s.exam_round_id == round_id, ~s.deleted).order_by(s.starts_at, s.id))
    return [Session(row.id, row.name, row.starts_at, row.ends_at) for row in rows]
