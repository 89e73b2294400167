"""Ending rows that have bills and are not paid. The bill decides between paying and ending, so whoever wants one to end
asks finance and waits in `closing` for the answer (docs/sagas.md, 3.2).

Every asking has a number, which the answer repeats: a refusal of an earlier one is old. *The bills are cancelled* is
final, whichever asking it answers. *The bills stand* lets the row wait for payment again; what people wished is
forgotten then, any other reason stays and is asked about again at the time that finance names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Integer, Row, Table, Text, and_, func, or_, select, text

from chassis.data.columns import instant
from chassis.data.unit_of_work import UnitOfWork
from chassis.work import rows
from chassis.work.steps import Taken, take, take_locked
from chassis.work.workflow import Workflow
from contracts.base import MAX_EVENT_ROWS, Contract, Fact
from contracts.errors import ServiceError


def closing_columns() -> tuple[Column[Any], ...]:
    """What a table keeps of its askings: how many there were, why, and when to ask again after a refusal."""
    return (
        Column("closing_attempt", Integer, nullable=False, server_default=text("0")),
        Column("closing_reason", Text),
        instant("ask_again_at", nullable=True),
    )


@dataclass(frozen=True, slots=True)
class Closing:
    """How the unpaid rows of one table end. `event` asks finance, with the rows that `asking` makes of id, attempt and
    reason.

    The workflow has the steps `close` (by the clock, or because of what happened elsewhere) from `unpaid` to `closing`,
    and `stand` back. `lapsed` is the reason of what is not paid in time, `wished` that of people.
    """

    flow: Workflow
    table: Table
    event: type[Fact]
    asking: Callable[[UUID, int, str], Contract]
    unpaid: str
    closing: str
    stand: str
    lapsed: str
    wished: str

    def ask(
        self,
        uow: UnitOfWork,
        ids: Collection[UUID],
        action: str,
        reason: str,
        *,
        against: Mapping[UUID, ServiceError] | None = None,
    ) -> Taken:
        """Lock rows, take those to `closing` that may go there, and ask about them."""
        taken = take(uow, self.flow, self.table, ids, action, values=self._asked_for(reason), against=against)
        return self._publish(uow, taken, reason)

    def ask_locked(
        self, uow: UnitOfWork, locked: Iterable[Row[Any]], action: str = "close", reason: str | None = None
    ) -> Taken:
        """`ask` with rows that this transaction has locked. Without a `reason` each keeps that of its last asking,
        or lapses."""
        taken = take_locked(uow, self.flow, self.table, locked, action, values=self._asked_for(reason))
        return self._publish(uow, taken, reason)

    def _asked_for(self, reason: str | None) -> dict[str, Any]:
        columns = self.table.c
        kept = func.coalesce(columns.closing_reason, self.lapsed)
        return {
            "closing_attempt": columns.closing_attempt + 1,
            "closing_reason": reason or kept,
            "ask_again_at": None,
        }

    def _publish(self, uow: UnitOfWork, taken: Taken, reason: str | None) -> Taken:
        asked = [
            self.asking(row.id, row.closing_attempt + 1, reason or row.closing_reason or self.lapsed)
            for row in taken.rows
        ]
        uow.publish_rows(self.event, asked)
        return taken

    def ask_due(self, uow: UnitOfWork, deadline: Column[Any], belongs: ColumnElement[bool]) -> int:
        """Ask about some of what was not paid by its `deadline`, and again where finance refused and the time that it
        named has come; how many. The deadline is a column of the table that a row `belongs` to.

        What lapses waits for the deadline, wherever that was moved meanwhile.
        """
        columns, over = self.table.c, deadline <= uow.now
        first = and_(columns.closing_reason.is_(None), over)
        again = and_(columns.ask_again_at <= uow.now, or_(columns.closing_reason != self.lapsed, over))
        due = (
            select(self.table)
            .join(deadline.table, belongs)
            .where(columns[self.flow.column] == self.unpaid, or_(first, again))
            .order_by(columns.id)
            .limit(MAX_EVENT_ROWS)
            .with_for_update(of=self.table, skip_locked=True)
        )
        found = uow.rows(due)
        self.ask_locked(uow, found)
        return len(found)

    def let_stand(
        self,
        uow: UnitOfWork,
        answers: Mapping[tuple[UUID, int], datetime | None],
        is_over: Callable[[Row[Any]], bool],
    ) -> None:
        """Finance refused: (id, attempt) → when to ask again, None when it is paid. Rows that wait for another answer,
        or for none, are left alone; a reason that `is_over` by now is forgotten too."""
        found = rows.lock(uow, self.table, {id_ for id_, _ in answers})
        waiting = [
            row
            for row in found.values()
            if row._mapping[self.flow.column] == self.closing and (row.id, row.closing_attempt) in answers
        ]
        each = {}
        for row in waiting:
            kept = None if row.closing_reason == self.wished or is_over(row) else row.closing_reason
            again = answers[row.id, row.closing_attempt] if kept else None
            each[row.id] = {"closing_reason": kept, "ask_again_at": again}
        take_locked(uow, self.flow, self.table, waiting, self.stand, each=each).whole()
