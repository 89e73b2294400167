"""Carries out the steps of a service's tasks, on plain threads, in as many processes as there are."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

from chassis.base import metrics
from chassis.base.context import system_context
from chassis.base.failures import passes
from chassis.data.database import Database, is_infrastructure_failure
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service
from chassis.declaring.tasks import FINISH, PLAN, RUN, Ended, TaskCancelledError, TaskKind
from chassis.running.hands import Hands
from chassis.running.logging import bound, get_logger
from chassis.running.task_queue import Claim, LeaseLostError, StepQueue
from chassis.running.tasks import as_json
from contracts.common import TaskState
from contracts.errors import ServiceError

LEASE = timedelta(seconds=30)
"""How long a step belongs to a worker that gives no sign of life."""
MAX_ATTEMPTS = 5
HANDS = 2
"""Steps that one process does at once, without those that take long."""
MOST_HANDS = 4
"""The same with them. Each may hold a workbook in memory."""
LONG_SECONDS = 2.0
"""A step that takes longer lets another be done beside it."""
IDLE_SECONDS = 0.5
_PAUSE_SECONDS = 2.0
_IDLE = {PLAN: timedelta(minutes=10), RUN: timedelta(seconds=30), FINISH: timedelta(minutes=10)}
"""How long a step may do without its transaction: a plan reads a workbook, the end of a task writes one, and neither
holds rows meanwhile; the steps between are the database's work."""

log = get_logger(__name__)


class Worker:
    """Works on the tasks of one service. `lease` and `patience` are for tests that cannot wait so long."""

    def __init__(
        self, database: Database, service: type[Service], *, lease: timedelta = LEASE, patience: float = LONG_SECONDS
    ) -> None:
        self.database = database
        self.kinds: dict[str, TaskKind] = service.tasks
        self.queue = StepQueue(service, lease)
        self._hands = Hands(HANDS, patience)
        self._held: set[UUID] = set()
        self._more = threading.Event()

    def run_forever(self, stopping: threading.Event) -> None:
        """Work until `stopping` is set; the steps in hand are finished."""
        resting = threading.Event()
        heart = threading.Thread(target=self._keep_leases, args=(resting,), name="task-leases", daemon=True)
        hands = [
            threading.Thread(target=self._work, args=(stopping,), name=f"task-steps-{number}", daemon=True)
            for number in range(MOST_HANDS)
        ]
        for thread in (heart, *hands):
            thread.start()
        for thread in hands:
            thread.join()
        resting.set()
        heart.join()

    def run_until_idle(self) -> int:
        """Do every step that can be done now, one after the other; how many."""
        done = 0
        while (claim := self.claim()) is not None:
            self.carry_out(claim)
            done += 1
        return done

    def claim(self) -> Claim | None:
        """Lease the step whose turn it is, or None when there is none to do."""
        if not self.kinds:
            return None
        return self.database.run(system_context(), lambda uow: self.queue.claim(uow, self.kinds))

    def carry_out(self, claim: Claim) -> None:
        """Do a leased step. What goes wrong with it ends up in the task, and is not raised."""
        task, started = claim.task, time.perf_counter()
        with bound(correlation_id=task.context.correlation_id, task_id=task.id, kind=task.kind, step=claim.number):
            self._held.add(claim.lease)
            try:
                outcome = self._try(claim)
            finally:
                self._held.discard(claim.lease)
            metrics.task_step(task.kind, outcome, time.perf_counter() - started)

    def _try(self, claim: Claim) -> str:
        tired = claim.attempts >= MAX_ATTEMPTS
        if claim.attempts > MAX_ATTEMPTS:  # its earlier workers died of it, one after the other
            return self._fail(claim, ServiceError("internal_error"))
        try:
            work = partial(self._step, claim)
            self.database.run(claim.task.context, work, idle=_IDLE[claim.phase])
        except LeaseLostError:
            log.warning("task_step_lost")
            return "lost"
        except TaskCancelledError:
            return self._settle(claim, partial(self._end_cancelled, claim), "cancelled")
        except ServiceError as refusal:
            return self._again(claim) if passes(refusal) and not tired else self._fail(claim, refusal)
        except Exception as error:
            log.exception("task_step_failed", attempts=claim.attempts)
            if is_infrastructure_failure(error):
                return self._again(claim, counted=False)
            return self._fail(claim, ServiceError("internal_error")) if tired else self._again(claim)
        return "done"

    def _step(self, claim: Claim, uow: UnitOfWork) -> None:
        """One step in one transaction. Step and task are locked at its end, so that they are held but briefly."""
        task, queue, kind = claim.task, self.queue, self.kinds[claim.task.kind]
        if claim.phase == PLAN:
            count = queue.add_steps(uow, claim, kind.plan(task, uow))
            queue.lock(uow, claim)
            queue.done(uow, claim, None, steps_total=count)
        elif claim.phase == RUN:
            result = kind.run_step(task, claim.arguments, uow)
            row = queue.lock(uow, claim)
            sums = {name: row.figures.get(name, 0) + count for name, count in result.figures.items()}
            progress = {"steps_done": row.steps_done + 1, "figures": {**row.figures, **sums}}
            queue.done(uow, claim, result.data, **progress)
        else:
            came = kind.finish(task, queue.data(uow, task.id), uow)
            ended = came if isinstance(came, Ended) else Ended(came)
            queue.lock(uow, claim)
            queue.end(uow, task.id, TaskState.DONE, result_file_id=ended.file_id, outcome=as_json(ended.outcome))

    def _fail(self, claim: Claim, refusal: ServiceError) -> str:
        def fail(uow: UnitOfWork) -> None:
            self.queue.lock(uow, claim)
            self.queue.end(uow, claim.task.id, TaskState.FAILED, error=as_json(refusal.to_wire()))

        log.info("task_failed", code=refusal.code)
        return self._settle(claim, fail, "failed")

    def _end_cancelled(self, claim: Claim, uow: UnitOfWork) -> None:
        self.queue.lock(uow, claim)
        self.queue.end(uow, claim.task.id, TaskState.CANCELLED)

    def _again(self, claim: Claim, *, counted: bool = True) -> str:
        """Try again later. What the infrastructure did to a step is not held against it."""
        attempts = claim.attempts if counted else claim.attempts - 1
        pause = timedelta(seconds=2**claim.attempts)
        return self._settle(claim, lambda uow: self.queue.put_back(uow, claim, pause, attempts=attempts), "repeated")

    def _settle(self, claim: Claim, work: Callable[[UnitOfWork], None], outcome: str) -> str:
        try:
            self.database.run(claim.task.context, work)
        except LeaseLostError:
            return "lost"
        except Exception:
            log.exception("task_step_not_settled")  # its lease runs out and somebody tries again
            return "lost"
        return outcome

    def _work(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            with self._hands.place(stopping):
                if not stopping.is_set():
                    self._work_or_rest(stopping)

    def _work_or_rest(self, stopping: threading.Event) -> None:
        try:
            claim = self.claim()
            if claim is not None:
                self._hands.begin()
                self.carry_out(claim)
                self._more.set()  # what follows it can be done by another hand too
                return
        except Exception:
            log.exception("task_worker_paused")
            stopping.wait(_PAUSE_SECONDS)
        self._more.wait(IDLE_SECONDS)
        self._more.clear()

    def _keep_leases(self, resting: threading.Event) -> None:
        while not resting.wait(self.queue.lease.total_seconds() / 3):
            held = list(self._held)
            try:
                if held:
                    self._renew(held)
            except Exception:
                log.exception("task_leases_not_renewed")

    def _renew(self, held: list[UUID]) -> None:
        self.database.run(system_context(), lambda uow: self.queue.renew(uow, held))
