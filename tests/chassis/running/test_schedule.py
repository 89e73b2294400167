"""Due work runs in one process at a time, when it is due, and again at once while there is more."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.entries import ScheduledEntry
from chassis.running.schedule import AGAIN_AFTER, Scheduler
from chassis.testing.harness import ServiceHarness

HOURLY = timedelta(hours=1)


def scheduler(example: ServiceHarness, job: object) -> Scheduler:
    return Scheduler(example.database, {"job": ScheduledEntry(job, HOURLY)})  # type: ignore[arg-type]


def test_a_job_runs_when_due_and_not_before(example: ServiceHarness) -> None:
    runs: list[int] = []

    def job(uow: UnitOfWork) -> int:
        runs.append(1)
        return 0

    due = scheduler(example, job)
    due.run_due()
    due.run_due()
    assert len(runs) == 1
    example.clock.advance(HOURLY)
    due.run_due()
    assert len(runs) == 2


def test_a_job_that_handled_something_runs_again_at_once(example: ServiceHarness) -> None:
    left = [3, 2, 1, 0]
    assert scheduler(example, lambda uow: left.pop(0)).run_due() == 3
    assert not left


def test_a_failing_job_changes_nothing_and_is_tried_again(example: ServiceHarness) -> None:
    outcomes = [RuntimeError("broken"), 0]

    def job(uow: UnitOfWork) -> int:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    due = scheduler(example, job)
    due.run_due()
    due.run_due()
    assert len(outcomes) == 1, "not at once: a broken job would do nothing but fail"
    example.clock.advance(AGAIN_AFTER)
    due.run_due()
    assert not outcomes


def test_a_failing_job_keeps_no_other_from_running(example: ServiceHarness) -> None:
    runs: list[int] = []

    def broken(uow: UnitOfWork) -> int:
        raise RuntimeError("broken")

    def sound(uow: UnitOfWork) -> int:
        runs.append(1)
        return 0

    jobs = {"broken": ScheduledEntry(broken, HOURLY), "sound": ScheduledEntry(sound, HOURLY)}
    Scheduler(example.database, jobs).run_due()
    assert runs == [1]


def test_several_processes_run_a_due_job_once(example: ServiceHarness) -> None:
    running = threading.Event()
    others_tried = threading.Event()
    runs: list[int] = []

    def job(uow: UnitOfWork) -> int:
        runs.append(1)
        running.set()
        assert others_tried.wait(10)
        return 0

    due = scheduler(example, job)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(due.run_due)
        assert running.wait(10)
        for _ in range(5):
            due.run_due()
        others_tried.set()
        first.result()
    assert len(runs) == 1
