"""Rounds and their sessions, for commands and reactions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from services.exams.domain.rounds import Session
from services.exams.tables import exam_rounds, exam_sessions


def share_rounds(uow: UnitOfWork, round_ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """The rounds by id, kept from being arranged while this transaction puts candidates into them."""
    wanted = select(exam_rounds).where(ids_in(exam_rounds.c.id, round_ids)).order_by(exam_rounds.c.id)
    return {row.id: row for row in uow.rows(wanted.with_for_update(read=True))}


def sessions_of(uow: UnitOfWork, round_id: UUID) -> list[Session]:
    """The sessions of a round."""
    s = exam_sessions.c
    rows = uow.rows(select(exam_sessions).where(s.exam_round_id == round_id, ~s.deleted).order_by(s.starts_at, s.id))
    return [Session(row.id, row.name, row.starts_at, row.ends_at) for row in rows]
