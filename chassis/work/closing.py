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

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Row,
    Select,
    Table,
    Text,
    and_,
    func,
    or_,
    select,
    text,
    true,
    update,
)

from chassis.data.bulk import ids_in
from chassis.data.columns import instant
from chassis.data.unit_of_work import UnitOfWork
from chassis.work import rows
from chassis.work.reasons import Reason
from chassis.work.steps import Taken, take, take_locked
from chassis.work.workflow import Workflow
from contracts.base import MAX_EVENT_ROWS, Contract, Fact
from contracts.common import ClosingReason
from contracts.types import EnrolmentStatus

CLOSING = "closing"
"""The state of what finance has been asked about."""


def closing_columns() -> tuple[Column[Any], ...]:
    """What a table keeps of its askings: how many there were, why, and when to ask again after a refusal."""
    return (
        Column("closing_attempt", Integer, nullable=False, server_default=text("0")),
        Column("closing_reason", Text),
        instant("ask_again_at", nullable=True),
    )


@dataclass(frozen=True, slots=True)
class Closing:
    """How the unpaid rows of one table, each some student's, end. `event` asks finance, with the rows that `asking`
    makes of id, attempt and reason.

    The workflow begins with what is unpaid, and has the steps `close` (by the clock, or because of what happened
    elsewhere) from there to `closing`, and `stand` back.
    """

    flow: Workflow
    table: Table
    event: type[Fact]
    asking: Callable[[UUID, int, ClosingReason], Contract]

    def ask(
        self,
        uow: UnitOfWork,
        ids: Collection[UUID],
        action: str,
        reason: ClosingReason,
        *,
        against: Mapping[UUID, Reason] | None = None,
    ) -> Taken:
        """Lock rows, take those to `closing` that may go there, and ask about them."""
        taken = take(uow, self.flow, self.table, ids, action, values=self._asked_for(reason), against=against)
        return self._publish(uow, taken, reason)

    def ask_locked(self, uow: UnitOfWork, locked: Iterable[Row[Any]], reason: ClosingReason | None = None) -> Taken:
        """`ask` with rows that this transaction has locked. Without a `reason` each keeps that of its last asking,
        or lapses."""
        taken = take_locked(uow, self.flow, self.table, locked, "close", values=self._asked_for(reason))
        return self._publish(uow, taken, reason)

    def _asked_for(self, reason: ClosingReason | None) -> dict[str, Any]:
        columns = self.table.c
        kept = func.coalesce(columns.closing_reason, ClosingReason.LAPSED)
        return {
            "closing_attempt": columns.closing_attempt + 1,
            "closing_reason": reason or kept,
            "ask_again_at": None,
        }

    def _publish(self, uow: UnitOfWork, taken: Taken, reason: ClosingReason | None) -> Taken:
        asked = [
            self.asking(
                row.id, row.closing_attempt + 1, reason or ClosingReason(row.closing_reason or ClosingReason.LAPSED)
            )
            for row in taken.rows
        ]
        uow.publish_rows(self.event, asked)
        return taken

    def ask_due(self, uow: UnitOfWork, deadline: Column[Any], belongs: ColumnElement[bool]) -> int:
        """Ask about some of what was not paid by its `deadline`, and again where finance refused and the time that it
        named has come; how many. The deadline is a column of the table that a row `belongs` to.

        What lapses waits for the deadline, wherever that was moved meanwhile.
        """
        due = list(uow.rows(self._first_due(uow.now, deadline, belongs)))
        due += uow.rows(self._due_again(uow.now, deadline, belongs).limit(MAX_EVENT_ROWS - len(due)))
        self.ask_locked(uow, due)
        return len(due)

    def _first_due(self, now: datetime, deadline: Column[Any], belongs: ColumnElement[bool]) -> Select[Any]:
        """What nobody has asked about yet. It is looked for in each round that is over: in others all still wait."""
        unpaid = self._unpaid(belongs, self.table.c.closing_reason.is_(None)).correlate(deadline.table)
        of_one = unpaid.limit(MAX_EVENT_ROWS).lateral()
        return select(of_one).join_from(deadline.table, of_one, true()).where(deadline <= now).limit(MAX_EVENT_ROWS)

    def _due_again(self, now: datetime, deadline: Column[Any], belongs: ColumnElement[bool]) -> Select[Any]:
        """What finance has let stand until now."""
        reason = self.table.c.closing_reason
        wanted = and_(reason.is_not(None), or_(reason != ClosingReason.LAPSED, deadline <= now))
        return self._unpaid(self.table.c.ask_again_at <= now, wanted).join(deadline.table, belongs)

    def _unpaid(self, *which: ColumnElement[bool]) -> Select[Any]:
        unpaid = select(self.table).where(self.table.c[self.flow.column] == self.flow.initial, *which)
        return unpaid.with_for_update(of=self.table, skip_locked=True)

    def close_of(self, uow: UnitOfWork, student_ids: Collection[UUID], reason: ClosingReason) -> None:
        """Ask about all that is unpaid of these students. What is closing already takes over the reason and waits for
        the answer that it has asked for."""
        columns, column = self.table.c, self.table.c[self.flow.column]
        found = rows.lock_where(
            uow,
            self.table,
            ids_in(columns.student_id, student_ids),
            or_(column == self.flow.initial, column == CLOSING),
            columns.closing_reason.is_distinct_from(reason),
        )
        state_of = {id_: row._mapping[self.flow.column] for id_, row in found.items()}
        self.ask_locked(uow, [row for id_, row in found.items() if state_of[id_] == self.flow.initial], reason)
        closing = [id_ for id_, state in state_of.items() if state == CLOSING]
        uow.execute(update(self.table).where(ids_in(columns.id, closing)).values(closing_reason=reason))
        for id_ in closing:
            before = {"closing_reason": found[id_].closing_reason}
            uow.audit(self.table, id_, "close", before, {"closing_reason": reason})

    def resume(self, uow: UnitOfWork, student_ids: Collection[UUID]) -> None:
        """These students are back: what was to end for their suspension may be paid until its deadline again. What is
        closing is left to finance's answer."""
        columns = self.table.c
        waiting = update(self.table).where(
            ids_in(columns.student_id, student_ids),
            columns[self.flow.column] == self.flow.initial,
            columns.closing_reason == ClosingReason.STUDENT_SUSPENDED,
        )
        for row in uow.rows(waiting.values(closing_reason=None, ask_again_at=None).returning(columns.id)):
            uow.audit(self.table, row.id, "resume", {"closing_reason": ClosingReason.STUDENT_SUSPENDED}, {})

    def students_of(self, uow: UnitOfWork, ids: Iterable[UUID]) -> set[UUID]:
        """Whose rows these are: students are locked before rows, as everywhere."""
        columns = self.table.c
        return {row.student_id for row in uow.rows(select(columns.student_id).where(ids_in(columns.id, set(ids))))}

    def let_stand(
        self,
        uow: UnitOfWork,
        answers: Mapping[tuple[UUID, int], datetime | None],
        students: Mapping[UUID, Row[Any]],
    ) -> None:
        """Finance refused: (id, attempt) → when to ask again, None when it is paid. Rows that wait for another answer,
        or for none, are left alone. `students` are the locked copies of those whose rows they are: a suspension that
        has ended meanwhile is no reason any more."""
        found = rows.lock(uow, self.table, {id_ for id_, _ in answers})
        waiting = [
            row
            for row in found.values()
            if row._mapping[self.flow.column] == CLOSING and (row.id, row.closing_attempt) in answers
        ]
        each = {}
        for row in waiting:
            kept = None if _is_over(row, students[row.student_id]) else row.closing_reason
            again = answers[row.id, row.closing_attempt] if kept else None
            each[row.id] = {"closing_reason": kept, "ask_again_at": again}
        take_locked(uow, self.flow, self.table, waiting, "stand", each=each).whole()


def _is_over(row: Row[Any], student: Row[Any]) -> bool:
    """Whether a refusal ends the matter: people may wish again, and who is back may pay."""
    resumed = row.closing_reason == ClosingReason.STUDENT_SUSPENDED and student.status == EnrolmentStatus.ACTIVE
    return bool(resumed or row.closing_reason == ClosingReason.CANCELLED)
