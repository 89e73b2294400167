"""A kind of reviewed request: its workflow, its table, and what follows from its steps.

    LEAVES = RequestKind(LEAVE, leaves, "reader_id", readers, OPEN, effects={GRANTED: _send_home})

Who may take a step, who hears of it and that nobody decides their own is the workflow's. `chassis.requests.asking`
and `chassis.requests.showing` make commands and queries of a kind.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, select

from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.requests.attachments import Attachments, attach
from chassis.work.number_templates import NumberTemplate
from chassis.work.numbers import next_numbers
from chassis.work.reasons import Reason
from chassis.work.rows import lock, lock_where
from chassis.work.steps import Taken, enter, switches, take_locked
from chassis.work.workflow import Workflow
from contracts.errors import ServiceError
from contracts.types import FileReference

Things = Mapping[UUID, Row[Any]]
"""What is asked about, by id: rows that are locked."""
Rule = Callable[[UnitOfWork, Things, Any], Mapping[UUID, Reason | None]]
"""What speaks against asking (things, command), by thing; nothing: None, or not in it."""
Against = Callable[[UnitOfWork, Sequence[Row[Any]]], Mapping[UUID, ServiceError]]
"""What speaks against a step beside the workflow, by request."""
Effect = Callable[[UnitOfWork, Sequence[Row[Any]]], None]
"""What follows for requests that reach a state (as they were before), in the same transaction."""

FOLLOWED = ("teaching_point_id", "student_id", "course_id")
"""Columns that a request has from the thing it is about, where both have them."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of asking: the requests made, by what they are about, and what speaks against the rest."""

    made: Mapping[UUID, Row[Any]]
    refused: Mapping[UUID, Reason]


@dataclass(frozen=True, slots=True)
class RequestKind:
    """One kind. `subject` is the column that says what a request is about, `things` the table of that.

    Of the requests about one thing at most one is in `open_states`; another is refused with `open_code`. Which
    reaches the state `supersedes` lets earlier requests about the same thing take their step `supersede`. `effects` are
    by the state reached, `against` is by action; `decided_by` names the column that keeps who took a step, by action.
    `number` is the template of the table's `number_column()`, where requests have a number that people read; nothing of
    it but the day is filled in.
    """

    flow: Workflow
    table: Table
    subject: str
    things: Table
    open_states: Collection[str]
    open_code: str = "request_already_open"
    supersedes: str = ""
    against: Mapping[str, Against] = field(default_factory=dict)
    effects: Mapping[str, Effect] = field(default_factory=dict)
    decided_by: Mapping[str, str] = field(default_factory=dict)
    attachments: Attachments | None = None
    number: NumberTemplate | None = None

    def state_of(self, row: Row[Any]) -> str:
        """The state of one of its rows."""
        state: str = row._mapping[self.flow.column]
        return state

    # -- asking --------------------------------------------------------------------------------------------

    def open(self, uow: UnitOfWork, things: Sequence[Row[Any]], reason: str, **values: Any) -> dict[UUID, Row[Any]]:
        """Make a request about each of these locked things, whatever the rule says: thing → request."""
        followed = [name for name in FOLLOWED if name in self.table.c and name in self.things.c]
        actor = uow.context.actor
        of_all = {
            "reason": reason,
            "entered_by": actor.user_id,
            "requested_at": uow.now,
            **({"entered_by_name": actor.name} if "entered_by_name" in self.table.c else {}),
            **values,
        }
        entered = [
            {"id": new_id(), self.subject: thing.id, **{name: thing._mapping[name] for name in followed}, **of_all}
            for thing in things
        ]
        audited = [self.subject, *values]
        if self.number is not None:
            given = next_numbers(uow, self.number, [{}] * len(entered))
            entered = [{**row, "number": number} for row, number in zip(entered, given, strict=True)]
            audited.append("number")
        made = enter(uow, self.flow, self.table, entered, "request", note=reason, audited=audited)
        return {row._mapping[self.subject]: row for row in made}

    def enter(self, uow: UnitOfWork, ids: Sequence[UUID], command: Any, rule: Rule) -> Entered:
        """Make a request about each thing that the actor sees, against which the rule has nothing, and about which none
        is open. Fields of the command that are columns of the table are kept, and its `attachments`."""
        things = lock(uow, self.things, ids)
        judged, taken = rule(uow, things, command), self._open_about(uow, things)
        refused = {id_: reason for id_ in ids if (reason := self._against(id_, things, judged, taken)) is not None}
        values = {name: getattr(command, name) for name in type(command).model_fields if name in self.table.c}
        reason = values.pop("reason")
        made = self.open(uow, [things[id_] for id_ in ids if id_ not in refused], reason, **values)
        rows = list(made.values())
        self.attach(uow, rows, getattr(command, "attachments", ()))
        self._follow(uow, self.flow.initial, rows)
        return Entered(made, refused)

    def attach(self, uow: UnitOfWork, rows: Sequence[Row[Any]], given: Sequence[FileReference], there: int = 0) -> None:
        """Take up files for these requests, which have `there` already. Raises as `chassis.requests.attachments`."""
        if given and rows:
            if self.attachments is None:
                raise LookupError(f"{self.table.name} take no attachments")
            ids, point = [row.id for row in rows], rows[0].teaching_point_id
            attach(uow, self.attachments, ids, given, purpose=self.flow.name, teaching_point_id=point, there=there)

    def _against(
        self, id_: UUID, things: Things, judged: Mapping[UUID, Reason | None], taken: Collection[UUID]
    ) -> Reason | None:
        if id_ not in things:
            return Reason("not_found")
        return judged.get(id_) or (Reason(self.open_code) if id_ in taken else None)

    def _open_about(self, uow: UnitOfWork, things: Collection[UUID]) -> set[UUID]:
        about = self.table.c[self.subject]
        undecided = self.table.c[self.flow.column].in_(self.open_states)
        return {row[0] for row in uow.rows(select(about).where(ids_in(about, things), undecided))}

    # -- deciding ------------------------------------------------------------------------------------------

    def decide(self, uow: UnitOfWork, ids: Sequence[UUID], action: str, note: str | None = None) -> Taken:
        """Take a step with each request that may take it, with what follows from it; the others say why not."""
        found = lock(uow, self.table, ids)
        asked = [found[id_] for id_ in ids if id_ in found]
        against = self.against[action](uow, asked) if action in self.against else {}
        if self.supersedes:
            self._supersede(uow, [row for row in asked if row.id not in against], action)
        values = {self.decided_by[action]: uow.acting_user} if action in self.decided_by else None
        taken = take_locked(uow, self.flow, self.table, asked, action, note=note, values=values, against=against)
        for state in dict.fromkeys(each.step.next for each in taken.done):
            self._follow(uow, state, [each.row for each in taken.done if each.step.next == state])
        return taken

    def _supersede(self, uow: UnitOfWork, rows: Sequence[Row[Any]], action: str) -> None:
        """Let earlier requests about the things of those that may take this step make way for them."""
        about = {row._mapping[self.subject] for row in rows if self._leads_to(uow, row, action) == self.supersedes}
        lock(uow, self.things, about)  # one approval at a time about each
        column = self.table.c[self.subject]
        given_up = [step.state for step in self.flow.steps if step.action == "supersede"]
        earlier = lock_where(uow, self.table, ids_in(column, about), self.table.c[self.flow.column].in_(given_up))
        take_locked(uow, self.flow, self.table, earlier.values(), "supersede").whole()

    def _leads_to(self, uow: UnitOfWork, row: Row[Any], action: str) -> str | None:
        try:
            return self.flow.allowed(row._mapping, action, uow.context, switches(uow)).next
        except ServiceError:
            return None

    def _follow(self, uow: UnitOfWork, state: str, rows: Sequence[Row[Any]]) -> None:
        if rows and (effect := self.effects.get(state)):
            effect(uow, rows)
