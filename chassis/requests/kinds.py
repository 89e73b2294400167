"""A kind of reviewed request: its workflow, its table, and what follows from its steps.

    LEAVES = RequestKind(LEAVE, leaves, "reader_id", effects={GRANTED: telling(LeavesGranted)})

Who may take a step, who hears of it and that nobody decides their own is the workflow's. `chassis.requests.reviewed`
makes commands and queries of a kind.

Rows are locked in one order: the things before the requests about them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Row, Table, or_, select, true

from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.requests.attachments import Attachments, attach
from chassis.work.number_templates import NumberTemplate
from chassis.work.numbers import next_numbers
from chassis.work.reasons import Reason
from chassis.work.rows import Refused, lock, lock_where, set_each
from chassis.work.steps import Taken, enter, move_history, switches, take_locked
from chassis.work.workflow import Who, Workflow
from contracts.errors import ServiceError
from contracts.types import FileReference

Things = Mapping[UUID, Row[Any]]
"""What is asked about, by id: rows that are locked."""
Rule = Callable[[UnitOfWork, Things, Any], Mapping[UUID, Reason | None]]
"""What speaks against asking (things, command), by thing; nothing: None, or not in it."""
Against = Callable[[UnitOfWork, Sequence[Row[Any]]], Mapping[UUID, Reason]]
"""What speaks against a step beside the workflow, by request."""
Own = Callable[[Row[Any]], Mapping[str, Any]]
"""What a request keeps of the thing that it is about, by column."""
Effect = Callable[[UnitOfWork, Sequence[Row[Any]]], None]
"""What follows for requests that reach a state (as they were before), in the same transaction."""

NUMBERED_BY: WeakKeyDictionary[Table, NumberTemplate] = WeakKeyDictionary()
"""The template of the numbers in a table's `number_column()`. Not in its `info`: migrations would write that down."""
PLACE = "teaching_point_id"
FOLLOWED = (PLACE, "student_id", "course_id")
"""Columns that a request has from the thing it is about, where both have them."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of asking: the requests made, by what they are about, and what speaks against the rest."""

    made: Mapping[UUID, Row[Any]]
    refused: Mapping[UUID, Reason]


def _named(who: Who) -> Iterator[str]:
    """The columns by which a step says who may take it, and who did."""
    yield from (name for name in (who.own, who.kept_in) if name is not None)
    yield from (name for name, _ in who.others)


@dataclass(frozen=True, slots=True)
class RequestKind:
    """One kind. `subject` is the column that says what a request is about: a foreign key to the table of `things`.

    Of the requests about one thing at most one is in a state that is open; another is refused with `open_code`. Which
    reaches the state `supersedes` lets earlier requests about the same thing take their step `supersede`. `effects` are
    by the state reached, `against` is by action. `entered_by` names the column that keeps who asked.
    """

    flow: Workflow
    table: Table
    subject: str
    open_code: str = "request_already_open"
    supersedes: str = ""
    against: Mapping[str, Against] = field(default_factory=dict)
    effects: Mapping[str, Effect] = field(default_factory=dict)
    entered_by: str = "entered_by"
    attachments: Attachments | None = None

    def __post_init__(self) -> None:
        named = {self.entered_by, *(name for step in self.flow.steps for name in _named(step.who))}
        if missing := ", ".join(sorted(named - set(self.table.c.keys()))):
            raise LookupError(f"{self.table.name} has no column {missing}: {self.flow.name} names it")

    @property
    def things(self) -> Table:
        """What requests are about."""
        [key] = self.table.c[self.subject].foreign_keys
        return key.column.table

    @property
    def number(self) -> NumberTemplate | None:
        """Of what numbers are made, where requests have a number that people read; nothing but the day is filled in."""
        return NUMBERED_BY.get(self.table)

    def state_of(self, row: Row[Any]) -> str:
        """The state of one of its rows."""
        state: str = row._mapping[self.flow.column]
        return state

    def is_undecided(self, row: Row[Any]) -> bool:
        """Whether one of its rows is open, and somebody has still to decide about it."""
        state = self.state_of(row)
        return state in self.flow.open and any(step.state == state for step in self.flow.steps if step.who.decides)

    # -- asking --------------------------------------------------------------------------------------------

    def open(
        self,
        uow: UnitOfWork,
        things: Sequence[Row[Any]],
        reason: str,
        *,
        action: str = "request",
        own: Own = lambda _: {},
        **values: Any,
    ) -> dict[UUID, Row[Any]]:
        """Make a request about each of these locked things, whatever the rule says: thing → request. History and audit
        call it `action`."""
        actor = uow.context.actor
        of_all = {
            "reason": reason,
            self.entered_by: actor.user_id,
            "requested_at": uow.now,
            **({"entered_by_name": actor.name} if "entered_by_name" in self.table.c else {}),
            **values,
        }
        entered = [
            {"id": new_id(), self.subject: thing.id, **self._followed(thing), **own(thing), **of_all}
            for thing in things
        ]
        audited = [self.subject, *values, *(own(things[0]) if things else ())]
        if self.number is not None:
            given = next_numbers(uow, self.number, [{}] * len(entered))
            entered = [{**row, "number": number} for row, number in zip(entered, given, strict=True)]
            audited.append("number")
        made = enter(uow, self.flow, self.table, entered, action, note=reason, audited=audited)
        return {row._mapping[self.subject]: row for row in made}

    def _followed(self, thing: Row[Any]) -> dict[str, Any]:
        return {name: thing._mapping[name] for name in FOLLOWED if name in self.table.c and name in self.things.c}

    def enter(
        self,
        uow: UnitOfWork,
        ids: Sequence[UUID],
        command: Any,
        rule: Rule,
        *,
        action: str = "request",
        own: Own = lambda _: {},
    ) -> Entered:
        """Make a request about each thing that the actor sees, against which the rule has nothing, and about which none
        is open. Fields of the command that are columns of the table are kept, and its `attachments`."""
        things = lock(uow, self.things, ids)
        judged, taken = rule(uow, things, command), self._open_about(uow, things)
        refused = {id_: reason for id_ in ids if (reason := self._against(id_, things, judged, taken)) is not None}
        values = {name: getattr(command, name) for name in self._kept(command)}
        asked = [things[id_] for id_ in ids if id_ not in refused]
        made = self.open(uow, asked, command.reason, action=action, own=own, **values)
        rows = list(made.values())
        self.attach(uow, rows, getattr(command, "attachments", ()))
        self._follow(uow, self.flow.initial, rows)
        return Entered(made, refused)

    def _kept(self, command: Any) -> Iterator[str]:
        """The fields of a command that a request keeps beside what every request has."""
        own = {self.subject, "reason", "version"}  # a `version` is that of the thing which the caller saw
        return (name for name in type(command).model_fields if name in self.table.c and name not in own)

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
        undecided = self.table.c[self.flow.column].in_(self.flow.open)
        return {row[0] for row in uow.rows(select(about).where(ids_in(about, things), undecided))}

    # -- following -----------------------------------------------------------------------------------------

    def follow(
        self, uow: UnitOfWork, points: Mapping[UUID, UUID], *, about: Collection[UUID] = (), decided: bool = False
    ) -> None:
        """Let the requests of students who have moved (student → teaching point) be where the students are now, with
        their history: those that are open and all that are `about` these things, or with `decided` every one."""
        of, state = self.table.c.student_id, self.table.c[self.flow.column]
        going = true() if decided else or_(state.in_(self.flow.open), ids_in(self.table.c[self.subject], about))
        found = lock_where(uow, self.table, ids_in(of, points), going)
        moving = {id_: row for id_, row in found.items() if row.teaching_point_id != points[row.student_id]}
        set_each(uow, self.table, {id_: {PLACE: points[row.student_id]} for id_, row in moving.items()})
        for id_, row in moving.items():
            uow.audit(self.table, id_, "transfer", {PLACE: row.teaching_point_id}, {PLACE: points[row.student_id]})
        for point in set(points.values()):
            move_history(uow, [id_ for id_, row in moving.items() if points[row.student_id] == point], point)

    # -- deciding ------------------------------------------------------------------------------------------

    def hold(self, uow: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
        """Those of the requests that the actor sees, by id, locked after what they are about."""
        column = self.table.c[self.subject]
        about = {row[0] for row in uow.rows(select(column).where(ids_in(self.table.c.id, ids)))}
        lock(uow, self.things, about)
        return lock(uow, self.table, ids)

    def decide(
        self,
        uow: UnitOfWork,
        ids: Sequence[UUID],
        action: str,
        note: str | None = None,
        values: Mapping[str, Any] | None = None,
        each: Mapping[UUID, Mapping[str, Any]] | None = None,
    ) -> Taken:
        """Take a step with each request that may take it, with what follows from it; the others say why not. `values`
        are columns that are set with the state, `each` those with a value of their own for every request."""
        found = self.hold(uow, ids)
        asked = [found[id_] for id_ in dict.fromkeys(ids) if id_ in found]
        leads = self._leads_to(uow, asked, action)
        # What is decided already is not judged: it may be about the same thing as one that is open.
        judged = [row for row in asked if row.id in leads]
        against = self.against[action](uow, judged) if action in self.against else {}
        making_way = [row for row in judged if row.id not in against and leads[row.id] == self.supersedes]
        if making_way:
            self._supersede(uow, making_way)
        taken = take_locked(
            uow, self.flow, self.table, asked, action, note=note, values=values, each=each, against=against
        )
        self._follow_all(uow, taken)
        unseen = {id_: Refused(None, Reason("not_found")) for id_ in ids if id_ not in found}
        return Taken(taken.done, {**unseen, **taken.refused})

    def _supersede(self, uow: UnitOfWork, rows: Sequence[Row[Any]]) -> None:
        """Let earlier requests about the things of these make way for them."""
        about = {row._mapping[self.subject] for row in rows}
        column = self.table.c[self.subject]
        given_up = [step.state for step in self.flow.steps if step.action == "supersede"]
        earlier = lock_where(uow, self.table, ids_in(column, about), self.table.c[self.flow.column].in_(given_up))
        self._follow_all(uow, take_locked(uow, self.flow, self.table, earlier.values(), "supersede").whole())

    def _leads_to(self, uow: UnitOfWork, rows: Sequence[Row[Any]], action: str) -> dict[UUID, str]:
        """The state that the step leads to, for those of the requests with which this actor may take it."""
        is_on, states = switches(uow), dict[UUID, str]()
        for row in rows:
            with suppress(ServiceError):
                states[row.id] = self.flow.allowed(row._mapping, action, uow.context, is_on).next
        return states

    def _follow_all(self, uow: UnitOfWork, taken: Taken) -> None:
        for state in dict.fromkeys(each.step.next for each in taken.done):
            self._follow(uow, state, [each.row for each in taken.done if each.step.next == state])

    def _follow(self, uow: UnitOfWork, state: str, rows: Sequence[Row[Any]]) -> None:
        if rows and (effect := self.effects.get(state)):
            effect(uow, rows)
