"""Long tasks: every step happens once, whoever is killed; nobody's huge task keeps another's small one waiting."""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import OperationalError

from chassis.base.clock import SystemClock
from chassis.base.context import Context, Scope, system_context
from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.tasks import Task
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.papers.store import FileStore
from chassis.running import tasks
from chassis.running.task_queue import STEPS_IN_FLIGHT, TASKS_RUNNING
from chassis.running.task_worker import HANDS, MAX_ATTEMPTS, Worker
from chassis.running.tasks import MAX_OPEN_OF_POINT, MAX_OPEN_OF_USER
from chassis.testing.harness import ServiceHarness, acting
from contracts.base import Operation
from contracts.common import CancelTask, GetTask, ListTasks, TaskState, TaskView
from contracts.errors import ServiceError
from tests.chassis.workshop import GATE, Workshop, stamps_made
from tests.erased import let_go_of
from tests.harnesses import HarnessOf

A_LEASE = timedelta(seconds=30)


@pytest.fixture
def workshop(built_of: HarnessOf, store: FileStore) -> ServiceHarness:
    return built_of(Workshop)


@pytest.fixture
def worker(workshop: ServiceHarness) -> Worker:
    return Worker(workshop.database, Workshop)


def at_point(point: UUID | None = None) -> Context:
    return acting(scope="point", teaching_point_id=point or new_id())


def colleague_of(who: Context) -> Context:
    """Somebody else of the same point, under the same permission."""
    return replace(who, actor=replace(who.actor, user_id=new_id()))


def start(
    workshop: ServiceHarness, as_: Context | None = None, kind: str = "stamp_sheets", **arguments: Any
) -> TaskView:
    arguments = {"sheets": 3, **arguments}
    return workshop.database.run(as_ or at_point(), lambda uow: tasks.enqueue(uow, kind, arguments))


def task_now(workshop: ServiceHarness, task: TaskView, as_: Context | None = None) -> TaskView:
    view: TaskView = workshop.ask(GetTask(task_id=task.id), as_)
    return view


def stamps(workshop: ServiceHarness, task: TaskView) -> list[int]:
    own_id = UUID(task.id.partition(".")[2])
    rows = workshop.rows(select(stamps_made.c.sheet).where(stamps_made.c.task_id == own_id))
    return sorted(row.sheet for row in rows)


def steps_left(workshop: ServiceHarness) -> int:
    return len(workshop.rows(select(workshop.table("task_steps"))))


def until(condition: Callable[[], Any], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


@contextmanager
def closed_gate(workshop: ServiceHarness) -> Iterator[Callable[[], int]]:
    """Let gated steps stand still in the middle of their work; gives how many do."""
    engine = create_engine(workshop.admin_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({GATE})"))
        # Of this database alone: others at the same gate are those of tests that run beside this one.
        waiting = text(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            f" WHERE locktype = 'advisory' AND objid = {GATE} AND NOT granted AND datname = current_database()"
        )
        try:
            yield lambda: int(connection.scalar(waiting) or 0)
        finally:
            connection.execute(text(f"SELECT pg_advisory_unlock({GATE})"))
    engine.dispose()


# -- the ordinary course --


def test_a_task_is_planned_run_step_by_step_and_finished(workshop: ServiceHarness, worker: Worker) -> None:
    me = at_point()
    task = start(workshop, me, bind=True)
    assert (task.state, task.steps_total) == (TaskState.WAITING, None)
    worker.carry_out(worker.claim())  # type: ignore[arg-type]
    planned = task_now(workshop, task, me)
    assert (planned.state, planned.steps_done, planned.steps_total) == (TaskState.RUNNING, 0, 3)
    worker.carry_out(worker.claim())  # type: ignore[arg-type]
    assert task_now(workshop, task, me).figures == {"stamped": 1}
    assert worker.run_until_idle() == 3
    done = task_now(workshop, task, me)
    assert (done.state, done.steps_done, done.figures) == (TaskState.DONE, 3, {"stamped": 3})
    assert done.finished_at == workshop.clock.now()
    assert done.result is not None
    assert done.result.name == "批量选课未选清单.pdf"
    assert stamps(workshop, task) == [0, 1, 2]
    assert steps_left(workshop) == 0


def test_finish_gets_what_the_steps_left_in_their_order(workshop: ServiceHarness, worker: Worker) -> None:
    start(workshop, sheets=12, bind=True)
    worker.run_until_idle()
    (row,) = workshop.rows(select(workshop.table("files")))
    content = b"".join(files.store().chunks("workshop", row.sha256, FileKind.PDF))
    assert content == repr(list(range(12))).encode()


def test_a_task_with_nothing_to_do_is_done(workshop: ServiceHarness, worker: Worker) -> None:
    task = start(workshop, sheets=0)
    worker.run_until_idle()
    assert task_now(workshop, task).state is TaskState.DONE


def test_steps_run_as_the_one_who_asked_and_see_all_rows(workshop: ServiceHarness, worker: Worker) -> None:
    me = at_point()
    task = start(workshop, me)
    worker.run_until_idle()
    assert stamps(workshop, task) == [0, 1, 2]  # a table that teaching points cannot write
    audit = workshop.rows(select(workshop.table("audit_entries")).order_by("id"))
    assert [row.action for row in audit] == ["start", "end"]
    assert {row.actor_id for row in audit} == {me.actor.user_id}
    assert {row.correlation_id for row in audit} == {me.correlation_id}


def test_a_kind_that_the_service_does_not_declare_is_a_mistake(workshop: ServiceHarness) -> None:
    with pytest.raises(LookupError, match="paint_walls"):
        start(workshop, kind="paint_walls")


def test_a_task_exists_only_if_its_command_is_committed(workshop: ServiceHarness, worker: Worker) -> None:
    def work(uow: Any) -> None:
        tasks.enqueue(uow, "stamp_sheets", {"sheets": 1})
        raise ServiceError("forbidden")

    with pytest.raises(ServiceError):
        workshop.database.run(at_point(), work)
    assert worker.claim() is None


# -- when it goes wrong --


def test_a_refusal_ends_the_task_with_its_code_and_keeps_what_was_done(
    workshop: ServiceHarness, worker: Worker
) -> None:
    task = start(workshop, refuse=1)
    worker.run_until_idle()
    failed = task_now(workshop, task)
    assert failed.state is TaskState.FAILED
    assert failed.refusal is not None
    assert (failed.refusal.code, failed.refusal.params) == ("too_many_tasks", {"limit": 7})
    assert "7" in failed.refusal.message
    assert failed.finished_at is not None
    assert stamps(workshop, task) == [0]
    assert steps_left(workshop) == 0
    refused = start(workshop, refuse_plan=True)
    worker.run_until_idle()
    assert task_now(workshop, refused).refusal.code == "file_missing"  # type: ignore[union-attr]


def test_a_step_that_stumbles_is_tried_again_later_and_given_up_in_the_end(
    workshop: ServiceHarness, worker: Worker
) -> None:
    task = start(workshop, stumble=1)
    worker.run_until_idle()
    assert task_now(workshop, task).state is TaskState.RUNNING
    assert stamps(workshop, task) == [0, 2]
    assert worker.run_until_idle() == 0  # not at once
    for _ in range(MAX_ATTEMPTS - 1):
        assert task_now(workshop, task).state is TaskState.RUNNING
        workshop.clock.advance(timedelta(minutes=1))
        assert worker.run_until_idle() == 1
    failed = task_now(workshop, task)
    assert failed.state is TaskState.FAILED
    assert failed.refusal.code == "internal_error"  # type: ignore[union-attr]
    assert "11010119900101123X" not in str(workshop.rows(select(workshop.table("tasks"))))


def test_a_step_that_succeeds_at_last_lets_the_task_go_on(workshop: ServiceHarness, worker: Worker) -> None:
    task = start(workshop, stumble=1)
    worker.run_until_idle()
    table = workshop.table("tasks")
    workshop.rows(table.update().values(arguments={"sheets": 3, "language": "zh"}).returning(table.c.id))
    workshop.clock.advance(timedelta(minutes=1))
    worker.run_until_idle()
    assert task_now(workshop, task).state is TaskState.DONE
    assert stamps(workshop, task) == [0, 1, 2]


def test_a_lost_database_is_not_held_against_a_step(workshop: ServiceHarness, worker: Worker) -> None:
    task = start(workshop, sheets=1)
    worker.carry_out(worker.claim())  # type: ignore[arg-type]
    whole = worker.kinds["stamp_sheets"]

    def lose(*_: Any) -> Any:
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))

    worker.kinds["stamp_sheets"] = replace(whole, run_step=lose)
    for _ in range(MAX_ATTEMPTS + 1):
        assert worker.run_until_idle() == 1
        workshop.clock.advance(timedelta(minutes=1))
    worker.kinds["stamp_sheets"] = whole
    worker.run_until_idle()
    assert task_now(workshop, task).state is TaskState.DONE


def test_a_step_that_kills_its_workers_is_given_up(workshop: ServiceHarness, worker: Worker) -> None:
    task = start(workshop)
    for _ in range(MAX_ATTEMPTS):
        assert worker.claim() is not None  # and it is never heard of again
        workshop.clock.advance(A_LEASE)
    worker.run_until_idle()
    assert task_now(workshop, task).refusal.code == "internal_error"  # type: ignore[union-attr]
    assert stamps(workshop, task) == []


@pytest.mark.parametrize("first", ["early", "late"])
def test_of_two_workers_on_one_step_only_the_holder_of_the_lease_counts(
    workshop: ServiceHarness, worker: Worker, first: str
) -> None:
    task = start(workshop, sheets=1)
    worker.carry_out(worker.claim())  # type: ignore[arg-type]
    early = worker.claim()
    assert early is not None
    assert worker.claim() is None
    workshop.clock.advance(A_LEASE)
    late = worker.claim()
    assert late is not None
    assert (late.number, late.attempts) == (early.number, 2)
    for claim in (early, late) if first == "early" else (late, early):
        worker.carry_out(claim)
    worker.run_until_idle()
    assert task_now(workshop, task).figures == {"stamped": 1}
    assert stamps(workshop, task) == [0]


def test_what_a_worker_does_for_a_task_that_has_ended_is_undone(workshop: ServiceHarness, worker: Worker) -> None:
    task = start(workshop, refuse=1)
    worker.carry_out(worker.claim())  # type: ignore[arg-type]
    slow, refused = worker.claim(), worker.claim()
    worker.carry_out(refused)  # type: ignore[arg-type]
    worker.carry_out(slow)  # type: ignore[arg-type]
    assert task_now(workshop, task).state is TaskState.FAILED
    assert stamps(workshop, task) == []


# -- limits and fairness --


def test_at_most_two_steps_of_a_task_are_in_flight(workshop: ServiceHarness, worker: Worker) -> None:
    start(workshop, sheets=5)
    worker.carry_out(worker.claim())  # type: ignore[arg-type]
    claims = [worker.claim() for _ in range(5)]
    assert sum(claim is not None for claim in claims) == STEPS_IN_FLIGHT
    worker.carry_out(claims[0])  # type: ignore[arg-type]
    assert worker.claim() is not None
    assert worker.claim() is None


def test_at_most_two_tasks_of_a_person_run_and_nobody_else_is_held_up(workshop: ServiceHarness, worker: Worker) -> None:
    me = at_point()
    own = [start(workshop, me) for _ in range(4)]
    colleague = start(workshop, colleague_of(me))
    other = start(workshop, at_point())
    school = start(workshop, acting())
    claims = [claim for _ in range(8) if (claim := worker.claim())]
    ended = {UUID(task.id.partition(".")[2]) for task in own}
    # A plan may be long, so a person has one of them at a time.
    assert Counter(claim.task.id in ended for claim in claims) == {True: 1, False: 3}
    for claim in claims:
        worker.carry_out(claim)
    claims = [claim for _ in range(20) if (claim := worker.claim())]
    assert len({claim.task.id for claim in claims} & ended) == TASKS_RUNNING
    for claim in claims:
        worker.carry_out(claim)
    worker.run_until_idle()
    assert {task_now(workshop, task).state for task in (*own, colleague, other, school)} == {TaskState.DONE}


def test_people_take_turns_and_so_do_points(workshop: ServiceHarness, worker: Worker) -> None:
    busy = at_point()
    many = [start(workshop, busy, sheets=0) for _ in range(MAX_OPEN_OF_USER)]
    for _ in range(3):
        worker.carry_out(worker.claim())  # type: ignore[arg-type]
    one, two = start(workshop, colleague_of(busy), sheets=0), start(workshop, at_point(), sheets=0)
    for _ in range(4):
        worker.carry_out(worker.claim())  # type: ignore[arg-type]
    assert {task_now(workshop, task).state for task in (one, two)} <= {TaskState.DONE, TaskState.RUNNING}
    for _ in range(3):
        worker.carry_out(worker.claim())  # type: ignore[arg-type]
    assert {task_now(workshop, task).state for task in (one, two)} == {TaskState.DONE}
    assert sum(task_now(workshop, task).state is TaskState.DONE for task in many) < 6


def test_ninety_tasks_of_one_person_at_once_leave_room_for_a_colleague(workshop: ServiceHarness) -> None:
    workshop.database.clock = SystemClock()
    flooder = at_point()
    colleague = colleague_of(flooder)
    refused: list[str] = []

    def flood(_: int) -> None:
        try:
            start(workshop, flooder, sheets=3, gate=True)
        except ServiceError as refusal:
            refused.append(refusal.code)

    with ThreadPoolExecutor(15) as pool:
        list(pool.map(flood, range(90)))
    assert set(refused) == {"too_many_own_tasks"}
    assert len(refused) == 90 - MAX_OPEN_OF_USER
    with at_work(Worker(workshop.database, Workshop)):
        with closed_gate(workshop) as standing:
            until(lambda: standing() >= HANDS)  # the flooder's steps hold every hand
            small = start(workshop, colleague, sheets=2)
        until(lambda: task_now(workshop, small).state is TaskState.DONE)
        left = workshop.rows(select(func.count()).where(workshop.table("tasks").c.state.in_(tasks.OPEN_STATES)))
        assert left[0][0] >= MAX_OPEN_OF_USER - TASKS_RUNNING * 2
        until(lambda: workshop.ask(ListTasks(state=TaskState.DONE)).total == MAX_OPEN_OF_USER + 1)


@pytest.mark.parametrize("long", ["two people's", "one person's"])
def test_long_plans_do_not_keep_another_person_waiting(workshop: ServiceHarness, long: str) -> None:
    workshop.database.clock = SystemClock()
    worker = Worker(workshop.database, Workshop, patience=0.05)
    stamping = worker.kinds["stamp_sheets"]
    standing, go_on = threading.Semaphore(0), threading.Event()

    def plan(task: Task, uow: UnitOfWork) -> Sequence[dict[str, Any]]:
        if task.arguments.get("long"):
            standing.release()
            assert go_on.wait(60)
        return stamping.plan(task, uow)

    worker.kinds = {"stamp_sheets": replace(stamping, plan=plan)}
    me = at_point()
    people = (me, at_point()) if long == "two people's" else (me, me)
    started = [start(workshop, who, long=True) for who in people]
    with at_work(worker):
        for _ in set(people):
            assert standing.acquire(timeout=20)
        small = start(workshop, at_point(), sheets=2)
        try:
            until(lambda: task_now(workshop, small).state is TaskState.DONE)
        finally:
            go_on.set()
        until(lambda: all(task_now(workshop, task).state is TaskState.DONE for task in started))


def test_a_small_task_passes_a_huge_one(workshop: ServiceHarness, worker: Worker) -> None:
    me = at_point()
    huge = start(workshop, me, sheets=200)
    for _ in range(3):
        worker.carry_out(worker.claim())  # type: ignore[arg-type]
    small, elsewhere = start(workshop, me, sheets=2), start(workshop, at_point(), sheets=2)
    for _ in range(14):
        worker.carry_out(worker.claim())  # type: ignore[arg-type]
    assert task_now(workshop, small).state is TaskState.DONE
    assert task_now(workshop, elsewhere).state is TaskState.DONE
    assert task_now(workshop, huge).steps_done < 10


def test_a_person_cannot_pile_up_tasks_without_end(workshop: ServiceHarness) -> None:
    me = at_point()
    for _ in range(MAX_OPEN_OF_USER):
        start(workshop, me)
    with pytest.raises(ServiceError) as refused:
        start(workshop, me)
    assert (refused.value.code, refused.value.params) == ("too_many_own_tasks", {"limit": MAX_OPEN_OF_USER})
    start(workshop, colleague_of(me))


def test_a_point_cannot_either_and_other_points_have_their_own_room(workshop: ServiceHarness) -> None:
    me = at_point()
    for number in range(MAX_OPEN_OF_POINT):
        if number % MAX_OPEN_OF_USER == 0:
            someone = colleague_of(me)
        start(workshop, someone)
    with pytest.raises(ServiceError) as refused:
        start(workshop, me)
    assert (refused.value.code, refused.value.params) == ("too_many_tasks", {"limit": MAX_OPEN_OF_POINT})
    start(workshop, at_point())
    start(workshop, acting())


def test_of_a_points_tasks_started_at_once_no_more_than_its_share_is_taken(workshop: ServiceHarness) -> None:
    me = at_point()
    people = [colleague_of(me) for _ in range(MAX_OPEN_OF_POINT // MAX_OPEN_OF_USER + 1)]
    for who in people:
        for _ in range(MAX_OPEN_OF_USER - 1):
            start(workshop, who)
    left = MAX_OPEN_OF_POINT - len(people) * (MAX_OPEN_OF_USER - 1)
    begin, refused = threading.Barrier(len(people)), Counter[str]()

    def last(who: Context) -> None:
        def work(uow: Any) -> None:
            uow.one(select(func.count()).select_from(workshop.table("tasks")))
            begin.wait(20)
            tasks.enqueue(uow, "stamp_sheets", {"sheets": 1})

        try:
            workshop.database.run(who, work)
        except ServiceError as refusal:
            refused[refusal.code] += 1

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(last, people))
    assert refused == {"too_many_tasks": len(people) - left}


# -- cancelling, looking, forgetting --


def test_a_cancelled_task_stops_before_its_next_step(workshop: ServiceHarness, worker: Worker) -> None:
    me = at_point()
    task = start(workshop, me, sheets=5)
    worker.carry_out(worker.claim())  # type: ignore[arg-type]
    in_hand = worker.claim()
    cancelling: TaskView = workshop.run(CancelTask(task_id=task.id), me)
    assert cancelling.state is TaskState.CANCELLING
    assert workshop.run(CancelTask(task_id=task.id), me).state is TaskState.CANCELLING
    assert worker.claim() is None
    assert task_now(workshop, task, me).state is TaskState.CANCELLING  # somebody is still at work
    worker.carry_out(in_hand)  # type: ignore[arg-type]
    assert worker.claim() is None
    ended = task_now(workshop, task, me)
    assert (ended.state, ended.steps_done) == (TaskState.CANCELLED, 1)
    assert ended.finished_at is not None
    assert stamps(workshop, task) == [0]
    assert steps_left(workshop) == 0
    assert workshop.refusal(CancelTask(task_id=task.id), me).code == "task_finished"


def test_a_cancelled_task_ends_even_if_its_worker_has_died(workshop: ServiceHarness, worker: Worker) -> None:
    task = start(workshop)
    worker.claim()
    workshop.run(CancelTask(task_id=task.id))
    worker.run_until_idle()
    assert task_now(workshop, task).state is TaskState.CANCELLING
    workshop.clock.advance(A_LEASE)
    worker.run_until_idle()
    assert task_now(workshop, task).state is TaskState.CANCELLED


STAMP, READ = "workshop.stamp", "workshop.read"
SCHOOL = Scope("school")


def holding(who: Context, **held: Scope) -> Context:
    """The same person as the gateway sends them about tasks: with all that they hold."""
    return replace(who, permission=None, held={f"workshop.{name}": scope for name, scope in held.items()})


def sees(workshop: ServiceHarness, task: TaskView, who: Context) -> bool:
    """Whether somebody finds a task: by its id and in the list alike, and to cancel it no less."""
    listed = [each.id for each in workshop.ask(ListTasks(), who).items] == [task.id]
    outcomes = {
        _code(workshop, operation, who) for operation in (GetTask(task_id=task.id), CancelTask(task_id=task.id))
    }
    assert outcomes <= ({None, "task_finished"} if listed else {"not_found"})
    return listed


def _code(workshop: ServiceHarness, operation: Operation, who: Context) -> str | None:
    try:
        workshop.run(operation, who)
    except ServiceError as refusal:
        return refusal.code
    return None


def test_tasks_of_another_point_do_not_exist(workshop: ServiceHarness, worker: Worker) -> None:
    me = replace(at_point(), permission=STAMP)
    stranger = at_point()
    task = start(workshop, me, bind=True)
    worker.run_until_idle()
    assert not sees(workshop, task, holding(stranger, stamp=stranger.scope, read=stranger.scope))
    assert not sees(workshop, task, stranger)
    assert workshop.refusal(GetTask(task_id=f"elsewhere.{task.id.partition('.')[2]}"), me).code == "not_found"
    assert sees(workshop, task, holding(me, stamp=me.scope))
    assert sees(workshop, task, holding(acting(), stamp=SCHOOL))
    assert sees(workshop, task, holding(colleague_of(me), stamp=me.scope))


def test_who_merely_reads_in_the_service_neither_sees_nor_cancels_the_tasks_of_others(
    workshop: ServiceHarness, worker: Worker
) -> None:
    me = replace(at_point(), permission=STAMP)
    task = start(workshop, me, bind=True)
    for reader in (holding(acting(), read=SCHOOL), holding(colleague_of(me), read=me.scope), holding(acting())):
        assert not sees(workshop, task, reader)
        assert workshop.ask(ListTasks(), reader).total == 0
    worker.run_until_idle()
    assert task_now(workshop, task).state is TaskState.DONE  # nobody cancelled it
    assert not sees(workshop, task, holding(acting(), read=SCHOOL))
    assert task_now(workshop, task, holding(me, stamp=me.scope)).result is not None


def test_whoever_started_a_task_finds_it_while_they_hold_its_permission(workshop: ServiceHarness) -> None:
    lead = replace(acting(scope="course", ids=(new_id(),)), permission=STAMP)
    task = start(workshop, lead)
    own = replace(lead, scope=acting(scope="own").scope)
    assert task_now(workshop, task, holding(own, stamp=Scope("course"), read=SCHOOL)).id == task.id
    assert workshop.refusal(GetTask(task_id=task.id), holding(own, read=SCHOOL)).code == "not_found"
    assert workshop.refusal(GetTask(task_id=task.id), holding(own)).code == "not_found"
    assert workshop.refusal(GetTask(task_id=task.id), own).code == "not_found"  # nobody says what they hold


def test_a_task_that_noted_no_permission_is_its_starters_alone(workshop: ServiceHarness) -> None:
    me = at_point()
    task = start(workshop, me)
    assert not sees(workshop, task, holding(acting(), stamp=SCHOOL, read=SCHOOL))
    assert not sees(workshop, task, holding(colleague_of(me), stamp=me.scope))
    assert sees(workshop, task, holding(me, read=me.scope))


def test_a_cancelling_is_not_told_again_to_who_may_not_see_the_task_any_more(workshop: ServiceHarness) -> None:
    me = replace(at_point(), permission=STAMP)
    task = start(workshop, me)
    cancel, key = CancelTask(task_id=task.id), str(new_id())
    first = workshop.run(cancel, holding(me, stamp=me.scope, read=me.scope), key=key)
    assert workshop.run(cancel, holding(me, stamp=me.scope, read=me.scope), key=key) == first
    assert workshop.refusal(cancel, holding(me, read=me.scope), key=key).code == "not_found"


def test_tasks_are_listed_newest_first_and_by_kind_and_state(workshop: ServiceHarness, worker: Worker) -> None:
    old = start(workshop)
    worker.run_until_idle()
    workshop.clock.advance(timedelta(seconds=1))
    new = start(workshop, kind="sweep_floor")
    assert [task.id for task in workshop.ask(ListTasks()).items] == [new.id, old.id]
    assert [task.id for task in workshop.ask(ListTasks(sort="created_at")).items] == [old.id, new.id]
    assert [task.id for task in workshop.ask(ListTasks(kind="sweep_floor")).items] == [new.id]
    assert [task.id for task in workshop.ask(ListTasks(state=TaskState.DONE)).items] == [old.id]


def test_ended_tasks_are_forgotten_with_their_files_after_90_days(workshop: ServiceHarness, worker: Worker) -> None:
    start(workshop, bind=True)
    worker.run_until_idle()
    workshop.clock.advance(timedelta(days=60))
    start(workshop, bind=True)
    worker.run_until_idle()
    workshop.clock.advance(timedelta(days=31))
    start(workshop)
    assert workshop.database.run(system_context(), tasks.forget_old_tasks) == 1
    assert workshop.database.run(system_context(), tasks.forget_old_tasks) == 0
    assert workshop.ask(ListTasks()).total == 2
    assert len(workshop.rows(select(workshop.table("files")))) == 1
    assert let_go_of(workshop) == [("files", False, 1), ("tasks", False, 1)]


# -- many hands, and death --


@contextmanager
def at_work(*workers: Worker) -> Iterator[threading.Event]:
    """Let workers run for ever, until the block ends or sets the event that it is given."""
    stopping = threading.Event()
    threads = [threading.Thread(target=each.run_forever, args=(stopping,), daemon=True) for each in workers]
    for thread in threads:
        thread.start()
    try:
        yield stopping
    finally:
        stopping.set()
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive()


def test_many_workers_do_every_step_once_and_keep_the_limits(workshop: ServiceHarness, worker: Worker) -> None:
    workshop.database.clock = SystemClock()
    me = at_point()
    started = [start(workshop, me, sheets=15, gate=True) for _ in range(3)]
    started.append(start(workshop, at_point(), sheets=15, gate=True))
    in_flight = text("SELECT count(*) FROM task_steps WHERE state = 'leased' GROUP BY task_id")
    with at_work(*(Worker(workshop.database, Workshop) for _ in range(5))):
        with closed_gate(workshop) as standing:
            until(lambda: standing() >= STEPS_IN_FLIGHT * (TASKS_RUNNING + 1))
            assert worker.claim() is None
            assert [count for (count,) in workshop.rows(in_flight)] == [STEPS_IN_FLIGHT] * (TASKS_RUNNING + 1)
        until(lambda: workshop.ask(ListTasks(state=TaskState.DONE)).total == len(started), 60)
    assert all(stamps(workshop, task) == list(range(15)) for task in started)


def test_a_long_step_keeps_its_lease(workshop: ServiceHarness) -> None:
    workshop.database.clock = SystemClock()
    lease = timedelta(seconds=0.6)
    patient, greedy = (Worker(workshop.database, Workshop, lease=lease) for _ in range(2))
    task = start(workshop, sheets=1, gate=True)
    steps = workshop.table("task_steps")
    with at_work(patient), closed_gate(workshop) as standing:
        until(lambda: standing() == 1)
        (first,) = workshop.rows(select(steps.c.due_at).where(steps.c.state == "leased"))
        until(lambda: workshop.database.clock.now() > first.due_at + lease)
        assert greedy.claim() is None
        assert [row.attempts for row in workshop.rows(select(steps).where(steps.c.state == "leased"))] == [1]
    greedy.run_until_idle()
    assert task_now(workshop, task).state is TaskState.DONE
    assert stamps(workshop, task) == [0]


def test_stopping_waits_for_the_step_in_hand(workshop: ServiceHarness, worker: Worker) -> None:
    workshop.database.clock = SystemClock()
    task = start(workshop, sheets=4, gate=True)
    with at_work(worker) as stopping, closed_gate(workshop) as standing:
        until(lambda: standing() == STEPS_IN_FLIGHT)
        stopping.set()
    assert task_now(workshop, task).steps_done == STEPS_IN_FLIGHT


def test_a_killed_process_is_replaced_by_another_and_nothing_is_done_twice(workshop: ServiceHarness) -> None:
    workshop.database.clock = SystemClock()
    task = start(workshop, sheets=4, gate=True)
    script = f"""
import threading
from datetime import timedelta
from chassis.data.database import Database
from chassis.running.task_worker import Worker
from tests.chassis.workshop import Workshop
database = Database({workshop.database.engine.url.render_as_string(hide_password=False)!r}, Workshop)
Worker(database, Workshop, lease=timedelta(seconds=1)).run_forever(threading.Event())
"""
    process = subprocess.Popen([sys.executable, "-c", script])
    with closed_gate(workshop) as standing:
        until(lambda: standing() == STEPS_IN_FLIGHT)
        process.kill()
        process.wait()
    heir = Worker(workshop.database, Workshop)
    until(lambda: heir.run_until_idle() >= 0 and task_now(workshop, task).state is TaskState.DONE)
    assert stamps(workshop, task) == [0, 1, 2, 3]
    assert task_now(workshop, task).figures == {"stamped": 4}
