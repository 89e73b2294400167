"""The steps of a service's tasks as a queue in its own database: whose turn it is, and who holds what.

A worker leases a step and marks it done at the end of the step's own transaction, only if the lease is still its
own: whoever was thought dead and comes late loses its work, and nothing happens twice.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Subquery, delete, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql

from chassis.base import metrics
from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service
from chassis.declaring.tasks import FINISH, RUN, Task
from chassis.running.tasks import OPEN_STATES, as_json, step_row, task_of
from contracts.common import TaskState

STEPS_IN_FLIGHT = 2
"""Steps of one task that run at once."""
_WRITTEN_AT_ONCE = 20
"""Steps of a plan."""
TASKS_RUNNING = 2
"""Tasks of one person that run at once; the others wait."""
_NOBODY = UUID(int=0)
"""Stands for the school, whose tasks have no point, and for the system, which is no user."""


class LeaseLostError(Exception):
    """Somebody else has taken the step over, or the task has ended: this work must not be committed."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A leased step; `attempts` counts this one too."""

    task: Task
    number: int
    phase: str
    arguments: dict[str, Any]
    attempts: int
    lease: UUID


class StepQueue:
    """The steps of one service. All methods work inside the caller's transaction."""

    def __init__(self, service: type[Service], lease: timedelta) -> None:
        self.tasks = service.metadata.tables["tasks"]
        self.steps = service.metadata.tables["task_steps"]
        self.turns = service.metadata.tables["task_turns"]
        self.lease = lease

    def claim(self, uow: UnitOfWork, kinds: Collection[str]) -> Claim | None:
        """Lease the step whose turn it is among tasks of `kinds`, or None when there is nothing to do."""
        tasks, steps = self.tasks, self.steps
        if not uow.scalar(select(exists().where(tasks.c.state.in_(OPEN_STATES)))):
            return None
        # One claim at a time: counting what runs and adding to it must not interleave.
        uow.execute(select(func.pg_advisory_xact_lock(func.hashtext("tasks.claim"))))
        self._end_cancelled(uow)
        found = uow.first(self._next_step(uow, kinds))
        if found is None:
            return None
        lease, until = new_id(), uow.now + self.lease
        taken = update(steps).where(steps.c.task_id == found.task_id, steps.c.number == found.number)
        values = {"state": "leased", "lease": lease, "due_at": until, "attempts": steps.c.attempts + 1}
        step = uow.one(taken.values(values).returning(steps))
        started = update(tasks).where(tasks.c.id == step.task_id)
        values = {
            "state": TaskState.RUNNING,
            "started_at": func.coalesce(tasks.c.started_at, uow.now),
            "turn": self._last_turn() + 1,
        }
        task = uow.one(started.values(values).returning(tasks))
        self._served(uow, task.turn, task.teaching_point_id, task.created_by)
        return Claim(task_of(task), step.number, step.phase, step.arguments, step.attempts, lease)

    def renew(self, uow: UnitOfWork, leases: Collection[UUID]) -> None:
        """The holders of these leases are alive."""
        renewed = update(self.steps).where(ids_in(self.steps.c.lease, leases))
        uow.execute(renewed.values(due_at=uow.now + self.lease))

    def lock(self, uow: UnitOfWork, claim: Claim) -> Row[Any]:
        """Lock step and task, and return the task's row. Raises LeaseLostError when the step is no longer ours."""
        if uow.first(select(self.steps.c.number).where(self._is(claim)).with_for_update()) is None:
            raise LeaseLostError
        return uow.one(select(self.tasks).where(self.tasks.c.id == claim.task.id).with_for_update(key_share=True))

    def add_steps(self, uow: UnitOfWork, claim: Claim, plan: Iterable[Mapping[str, Any]]) -> int:
        """Steps wait to be run once the plan is made; how many. They are written as the plan gives them: it may be too
        large to be in memory as a whole. Meanwhile nobody is kept from cancelling the task."""
        numbered = enumerate(plan, start=1)
        rows = (step_row(claim.task.id, number, RUN, arguments, uow) for number, arguments in numbered)
        count = 0
        while some := list(islice(rows, _WRITTEN_AT_ONCE)):
            uow.execute(insert(self.steps), some)
            count += len(some)
        return count

    def done(self, uow: UnitOfWork, claim: Claim, data: Any, **progress: Any) -> None:
        """The step is done and the task's row gets its progress; after the last one the task waits to be finished."""
        values = {"state": "done", "lease": None, "data": None if data is None else as_json(data)}
        uow.execute(update(self.steps).where(self._is(claim)).values(values))
        progressed = update(self.tasks).where(self.tasks.c.id == claim.task.id).values(progress)
        task = uow.one(progressed.returning(self.tasks.c.steps_done, self.tasks.c.steps_total))
        if task.steps_done == task.steps_total:
            uow.execute(insert(self.steps).values(step_row(claim.task.id, task.steps_total + 1, FINISH, {}, uow)))

    def put_back(self, uow: UnitOfWork, claim: Claim, pause: timedelta, *, attempts: int) -> None:
        """Let the step be tried again after a pause."""
        values = {"state": "waiting", "lease": None, "due_at": uow.now + pause, "attempts": attempts}
        uow.execute(update(self.steps).where(self._is(claim)).values(values))

    def data(self, uow: UnitOfWork, task_id: UUID) -> list[Any]:
        """What the steps of a task have left, in their order."""
        steps = self.steps
        of_task = select(steps.c.data).where(steps.c.task_id == task_id, steps.c.phase == RUN)
        return [row.data for row in uow.rows(of_task.order_by(steps.c.number))]

    def end(self, uow: UnitOfWork, task_id: UUID, state: TaskState, **values: Any) -> None:
        """The task is over. Its steps go: they hold data that nobody needs any more."""
        uow.execute(delete(self.steps).where(self.steps.c.task_id == task_id))
        ended = update(self.tasks).where(self.tasks.c.id == task_id)
        row = uow.one(ended.values(state=state, finished_at=uow.now, **values).returning(self.tasks.c.kind))
        uow.audit(self.tasks, task_id, "end", after={"state": state})
        metrics.task_ended(row.kind, state)

    def _next_step(self, uow: UnitOfWork, kinds: Collection[str]) -> Select[Any]:
        """A step that is due, of a task and a person that do not run enough already.

        Points take turns, in each point its people, and of each person their tasks: who has the fewest steps in flight
        comes first, then whose last turn is longest ago. So nobody waits for another's many tasks or huge one.
        """
        tasks, steps = self.tasks, self.steps
        point, person = self._point, self._person
        held = select(
            steps.c.task_id, func.count().label("steps"), func.count().filter(steps.c.phase != RUN).label("long")
        )
        by_task = held.where(self._is_held(uow)).group_by(steps.c.task_id).subquery()
        at_point, of_person = (self._in_flight(owner, by_task) for owner in (point, person))
        point_turn, person_turn = self.turns.alias(), self.turns.alias()
        source = (
            steps.join(tasks)
            .outerjoin(by_task, by_task.c.task_id == tasks.c.id)
            .outerjoin(at_point, at_point.c.owner == point)
            .outerjoin(of_person, of_person.c.owner == person)
            .outerjoin(point_turn, point_turn.c.owner_id == point)
            .outerjoin(person_turn, person_turn.c.owner_id == person)
        )
        may_start = _none_is_0(of_person.c.tasks) < TASKS_RUNNING
        # Plans and ends read and write workbooks, for minutes: one person's take one hand, never all of them.
        not_too_long = (steps.c.phase == RUN) | (_none_is_0(of_person.c.long) == 0)
        return (
            select(steps.c.task_id, steps.c.number)
            .select_from(source)
            .where(
                tasks.c.kind.in_(kinds),
                (tasks.c.state == TaskState.RUNNING) | ((tasks.c.state == TaskState.WAITING) & may_start),
                steps.c.state != "done",
                steps.c.due_at <= uow.now,
                _none_is_0(by_task.c.steps) < STEPS_IN_FLIGHT,
                not_too_long,
            )
            .order_by(
                _none_is_0(at_point.c.steps),
                _none_is_0(point_turn.c.turn),
                _none_is_0(of_person.c.steps),
                _none_is_0(person_turn.c.turn),
                tasks.c.turn,
                tasks.c.id,
                steps.c.number,
            )
            .limit(1)
            .with_for_update(of=steps, skip_locked=True)
        )

    def _in_flight(self, owner: ColumnElement[UUID], by_task: Subquery) -> Subquery:
        """What of each owner's runs: their tasks, the steps in flight, and how many of those may be long."""
        tasks = self.tasks
        started = tasks.c.state.in_((TaskState.RUNNING, TaskState.CANCELLING))
        counts = (func.count().label("tasks"), func.sum(by_task.c.steps), func.sum(by_task.c.long))
        of_owner = select(owner.label("owner"), counts[0], counts[1].label("steps"), counts[2].label("long"))
        return (
            of_owner.select_from(tasks.outerjoin(by_task, by_task.c.task_id == tasks.c.id))
            .where(started)
            .group_by(owner)
            .subquery()
        )

    @property
    def _point(self) -> ColumnElement[UUID]:
        return func.coalesce(self.tasks.c.teaching_point_id, _NOBODY)

    @property
    def _person(self) -> ColumnElement[UUID]:
        return func.coalesce(self.tasks.c.created_by, _NOBODY)

    def _last_turn(self) -> ColumnElement[int]:
        """Of all owners': tasks that have ended are gone from the queue, and their owner was served all the same."""
        return func.coalesce(select(func.max(self.turns.c.turn)).scalar_subquery(), 0)

    def _served(self, uow: UnitOfWork, turn: int, *owners: UUID | None) -> None:
        """A point and a person had their turn."""
        rows = [{"owner_id": owner, "turn": turn} for owner in {owner or _NOBODY for owner in owners}]
        insertion = postgresql.insert(self.turns)
        newer = insertion.on_conflict_do_update(index_elements=["owner_id"], set_={"turn": insertion.excluded.turn})
        uow.execute(newer, rows)

    def _end_cancelled(self, uow: UnitOfWork) -> None:
        """Tasks to be cancelled end once nobody works on them."""
        tasks, steps = self.tasks, self.steps
        at_work = exists().where(steps.c.task_id == tasks.c.id, self._is_held(uow))
        idle = select(tasks.c.id).where(tasks.c.state == TaskState.CANCELLING, ~at_work)
        for row in uow.rows(idle.with_for_update(skip_locked=True)):
            self.end(uow, row.id, TaskState.CANCELLED)

    def _is_held(self, uow: UnitOfWork) -> ColumnElement[bool]:
        return (self.steps.c.state == "leased") & (self.steps.c.due_at > uow.now)

    def _is(self, claim: Claim) -> ColumnElement[bool]:
        of_task = (self.steps.c.task_id == claim.task.id) & (self.steps.c.number == claim.number)
        return of_task & (self.steps.c.lease == claim.lease)


def _none_is_0(count: ColumnElement[Any]) -> ColumnElement[int]:
    return func.coalesce(count, 0)
