"""Steps that rows take: each row by the line of its workflow, with its own refusal, its history and its audit entry."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, insert, select, update

from chassis.base.ids import new_id
from chassis.data.bulk import ids_in, insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.work import rows
from chassis.work.notices import tell
from chassis.work.reasons import Reason
from chassis.work.rows import Refused
from chassis.work.school_settings import setting
from chassis.work.workflow import IsOn, Step, Subject, Workflow
from contracts.common import HistoryStepView, RowResults
from contracts.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Stepped:
    """A row that took a step: `row` as it was before, with its old state."""

    row: Row[Any]
    step: Step


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a step: the rows that took it, and of the others what refused them. Both in the order asked."""

    done: list[Stepped]
    refused: dict[UUID, Refused]

    @property
    def ids(self) -> list[UUID]:
        """Of the rows that took the step."""
        return [each.row.id for each in self.done]

    @property
    def rows(self) -> list[Row[Any]]:
        """The rows that took the step, as they were before."""
        return [each.row for each in self.done]

    @property
    def unknown(self) -> bool:
        """Whether some of the rows are not there, or not in the actor's sight."""
        return any(refused.reason.code == "not_found" for refused in self.refused.values())

    def whole(self) -> Taken:
        """All or none: raises the first refusal there is, so that the transaction ends."""
        for refused in self.refused.values():
            raise refused.reason.error
        return self

    def results(self, uow: UnitOfWork, ids: Sequence[UUID]) -> RowResults:
        """One result a row, in the order asked."""
        return rows.results(uow, ids, {each.row.id: each.step.next for each in self.done}, self.refused)


def take(
    uow: UnitOfWork,
    flow: Workflow,
    table: Table,
    ids: Collection[UUID],
    action: str,
    *,
    note: str | None = None,
    values: Mapping[str, Any] | None = None,
    each: Mapping[UUID, Mapping[str, Any]] | None = None,
    against: Mapping[UUID, Reason] | None = None,
    found: Mapping[UUID, Row[Any]] | None = None,
) -> Taken:
    """Lock the rows and take one step with those that may take it; the others say why not.

    That is `not_found` out of the actor's sight, `step_not_allowed` when somebody was quicker or the state never
    allowed it, the refusals of the step's `who`, and what the caller has `against` a row.

    `values` are columns that are set with the state, `each` those with a value of their own for every row. `found` are
    those of the rows that there are, where the caller has locked them already.
    """
    found = rows.lock(uow, table, ids) if found is None else found
    refused = {id_: Refused(None, Reason("not_found")) for id_ in ids if id_ not in found}
    asked = [found[id_] for id_ in dict.fromkeys(ids) if id_ in found]
    taken = take_locked(uow, flow, table, asked, action, note=note, values=values, each=each, against=against)
    return Taken(taken.done, {**refused, **taken.refused})


def take_one(
    uow: UnitOfWork,
    flow: Workflow,
    table: Table,
    id_: UUID,
    version: int,
    action: str,
    *,
    note: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> Row[Any]:
    """Take one step with a row that the caller saw at `version`; the row as it was before. Raises as `takeable`."""
    row = takeable(uow, flow, table, id_, version, action)
    take_locked(uow, flow, table, [row], action, note=note, values=values).whole()
    return row


def takeable(uow: UnitOfWork, flow: Workflow, table: Table, id_: UUID, version: int, action: str) -> Row[Any]:
    """Lock a row that the caller saw at `version` and with which this step may be taken.

    Raises ServiceError `not_found`, the refusals of `take` (who loses a race against another step hears
    `step_not_allowed`), or `stale_version` after an edit.
    """
    row = rows.locked(uow, table, id_)
    flow.allowed(row._mapping, action, uow.context, switches(uow))
    rows.refuse_stale(row, version)
    return row


def take_locked(
    uow: UnitOfWork,
    flow: Workflow,
    table: Table,
    locked: Iterable[Row[Any]],
    action: str,
    *,
    note: str | None = None,
    values: Mapping[str, Any] | None = None,
    each: Mapping[UUID, Mapping[str, Any]] | None = None,
    against: Mapping[UUID, Reason] | None = None,
) -> Taken:
    """`take` with rows that this transaction has locked already."""
    done: list[Stepped] = []
    refused: dict[UUID, Refused] = {}
    for row, step in _open_steps(uow, flow, locked, action):
        reason = step if isinstance(step, Reason) else (against or {}).get(row.id)
        if isinstance(step, Step) and reason is None:
            done.append(Stepped(row, step))
        elif reason is not None:
            refused[row.id] = Refused(row._mapping[flow.column], reason)
    if done:
        _write(uow, flow, table, done, action, note, values or {}, each or {})
    return Taken(done, refused)


def against_step(uow: UnitOfWork, flow: Workflow, locked: Iterable[Row[Any]], action: str) -> dict[UUID, Reason]:
    """Why rows may not take a step, where the workflow says so: for who has to know before it takes what is dear."""
    steps = _open_steps(uow, flow, locked, action)
    return {row.id: step for row, step in steps if isinstance(step, Reason)}


def _open_steps(
    uow: UnitOfWork, flow: Workflow, locked: Iterable[Row[Any]], action: str
) -> Iterator[tuple[Row[Any], Step | Reason]]:
    """Each row with the line by which it may take the step, or why it may not."""
    is_on = switches(uow)
    for row in locked:
        try:
            yield row, flow.allowed(row._mapping, action, uow.context, is_on)
        except ServiceError as error:
            yield row, Reason.of(error)


def switches(uow: UnitOfWork) -> IsOn:
    """How the school has set the switches of steps, at `uow.now`; each is read once, where a step asks for it."""
    return cache(partial(setting, uow))


def _write(
    uow: UnitOfWork,
    flow: Workflow,
    table: Table,
    done: Sequence[Stepped],
    action: str,
    note: str | None,
    values: Mapping[str, Any],
    each: Mapping[UUID, Mapping[str, Any]],
) -> None:
    column, deciders = flow.column, _deciders(uow, done)
    if each or len({(stepped.step.next, stepped.step.who.kept_in) for stepped in done}) > 1:
        own = {
            s.row.id: {**(each[s.row.id] if each else {}), column: s.step.next, **kept}
            for s, kept in zip(done, deciders, strict=True)
        }
        uow.execute(rows.update_each(table, own, values))
    else:
        these = update(table).where(ids_in(table.c.id, [stepped.row.id for stepped in done]))
        uow.execute(these.values({**values, column: done[0].step.next, **deciders[0]}))
    record(uow, flow, ((s.row._mapping, s.step.state, s.step.next) for s in done), action, note)
    tell(uow, flow, ((s.row._mapping, s.step.told, s.step.next) for s in done), action)
    for stepped in done:
        before, after = {column: stepped.step.state}, {column: stepped.step.next}
        uow.audit(table, stepped.row.id, action, before, after if note is None else {**after, "note": note})
    for emitted in {stepped.step.emits for stepped in done}:
        if emitted is not None:
            uow.expect(emitted)


def _deciders(uow: UnitOfWork, done: Sequence[Stepped]) -> list[dict[str, UUID]]:
    """For each row the columns that keep who took the steps: those of its own step now, the others as they are."""
    keeping = [name for name in {s.step.who.kept_in for s in done} if name is not None]
    return [
        {name: uow.acting_user if s.step.who.kept_in == name else s.row._mapping[name] for name in keeping}
        for s in done
    ]


def enter(
    uow: UnitOfWork,
    flow: Workflow,
    table: Table,
    entered: Sequence[Mapping[str, Any]],
    action: str,
    *,
    note: str | None = None,
    audited: Collection[str] = (),
    unless: str | None = None,
) -> list[Row[Any]]:
    """Insert rows, in the workflow's first state where they name none, with history and audit (of the state and of the
    columns `audited`); the rows as the table has them, in no order.

    A row that breaks the unique constraint `unless` is left out: somebody was quicker.
    """
    if not entered:
        return []
    statement = insert_rows(table, [{flow.column: flow.initial, **row} for row in entered])
    if unless is not None:
        statement = statement.on_conflict_do_nothing(constraint=unless)
    made = uow.rows(statement.returning(table))
    remember(uow, flow, table, made, action, note=note, audited=audited)
    return made


def enter_one(
    uow: UnitOfWork,
    flow: Workflow,
    table: Table,
    entered: Mapping[str, Any],
    action: str,
    *,
    note: str | None = None,
    audited: Collection[str] = (),
) -> Row[Any]:
    """Insert one row with a new id, in the workflow's first state, with history and audit of what was given and of the
    columns `audited`."""
    row = uow.one(insert(table).values({"id": new_id(), flow.column: flow.initial, **entered}).returning(table))
    remember(uow, flow, table, [row], action, note=note, audited=(*entered, *audited))
    return row


def remember(
    uow: UnitOfWork,
    flow: Workflow,
    table: Table,
    made: Sequence[Row[Any]],
    action: str,
    *,
    note: str | None = None,
    audited: Collection[str] = (),
) -> None:
    """History and audit of rows that the caller has inserted itself, and notices of them."""
    record(uow, flow, ((row._mapping, None, row._mapping[flow.column]) for row in made), action, note)
    tell(uow, flow, ((row._mapping, flow.entering, row._mapping[flow.column]) for row in made), action)
    for row in made:
        after = {name: row._mapping[name] for name in (flow.column, *audited)}
        uow.audit(table, row.id, action, after=after if note is None else {**after, "note": note})


def record(
    uow: UnitOfWork,
    flow: Workflow,
    steps: Iterable[tuple[Subject, str | None, str]],
    action: str,
    note: str | None = None,
) -> None:
    """Write history: (row, state before or None for a new one, state after) of each."""
    history = uow.tables["workflow_history"]
    actor = uow.context.actor
    entries = [
        {
            "workflow": flow.name,
            "subject_id": row["id"],
            "from_state": before,
            "action": action,
            "to_state": after,
            "actor_id": actor.user_id,
            "actor_name": actor.name,
            "note": note,
            "teaching_point_id": row.get("teaching_point_id"),
            "student_id": row.get("student_id"),
            "course_id": row.get("course_id"),
            "at": uow.now,
        }
        for row, before, after in steps
    ]
    if entries:
        uow.execute(insert_rows(history, entries))


def history_of(uow: UnitOfWork, subject_id: UUID, flow: Workflow | None = None) -> tuple[HistoryStepView, ...]:
    """The steps that a row has taken, oldest first; of one workflow, where rows of two share their ids."""
    history = uow.tables["workflow_history"]
    steps = select(history).where(history.c.subject_id == subject_id).order_by(history.c.id)
    if flow is not None:
        steps = steps.where(history.c.workflow == flow.name)
    return tuple(HistoryStepView.model_validate(row._mapping) for row in uow.rows(steps))


def move_history(uow: UnitOfWork, subject_ids: Collection[UUID], teaching_point_id: UUID) -> None:
    """Let the history of these rows be read where the rows now are: in another point's scope."""
    history = uow.tables["workflow_history"]
    theirs = update(history).where(ids_in(history.c.subject_id, subject_ids))
    uow.execute(theirs.values(teaching_point_id=teaching_point_id))
