"""Figures of documents: the first of a process, one more, and 5,000 certificates of enrolment as one PDF and as a ZIP.

`python -m tests.performance.documents_bench` needs JIAOWU_TEST_POSTGRES_URL. A worker does the steps, as in a task
process with nothing else to do. Prints figures, asserts nothing.
"""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import replace

from rich.console import Console
from sqlalchemy import select

from chassis.base.context import Context
from chassis.running.task_worker import Worker
from chassis.testing.harness import ServiceHarness, acting
from contracts.base import Command
from contracts.common import GetTask, TaskState, TaskView
from contracts.documents import BatchForm
from contracts.registry.commands import IssueEnrolmentCertificate, IssueEnrolmentCertificates
from services.registry.service import Registry
from services.registry.tables import students
from tests.performance.figures import figure
from tests.performance.fresh import fresh_service, fresh_store
from tests.performance.search_bench import enter
from tests.performance.usage import most_megabytes
from tests.permissions import demanded

STUDENTS = 5_000


def made(registry: ServiceHarness, command: Command, who: Context) -> tuple[TaskView, str]:
    """The task, done, and how long it took from the command on."""
    permission = str(demanded(type(command)))
    began, used = time.perf_counter(), time.process_time()
    task = registry.run(command, replace(who, permission=permission))
    asking, stopping = replace(who, held={permission: who.scope}), threading.Event()
    worker = threading.Thread(target=Worker(registry.database, Registry).run_forever, args=(stopping,))
    worker.start()
    while (done := registry.ask(GetTask(task_id=task.id), asking)).state in (TaskState.WAITING, TaskState.RUNNING):
        time.sleep(0.02)
    took, used = time.perf_counter() - began, time.process_time() - used
    stopping.set()
    worker.join()
    if done.state is not TaskState.DONE or done.result is None:
        raise SystemExit(f"{done.kind}: {done.state}, {done.refusal}")
    return done, f"{took:.2f} s ({used:.2f} s of processor)"


def measure(console: Console, registry: ServiceHarness) -> None:
    """Print, make, print."""
    who = acting(name="教务")
    figure(console, "memory before", f"{most_megabytes():.0f} MB", "")
    [student] = registry.rows(select(students.c.id).limit(1))
    for what in ("first of a process", "one more"):
        _, took = made(registry, IssueEnrolmentCertificate(student_id=student.id), who)
        figure(console, what, took, "2 s")
    for form in BatchForm:
        done, took = made(registry, IssueEnrolmentCertificates(form=form), who)
        size = done.result.size / 1e6 if done.result else 0
        said = f"{took}, {done.figures['issued']:,} issued, {size:.0f} MB"
        figure(console, f"{STUDENTS:,} as {form}", said, "180 s")
        figure(console, "memory at most, with what made the students", f"{most_megabytes():.0f} MB", "300 MB")


def main() -> int:
    """Enter students, measure."""
    with fresh_service("documents", Registry) as registry, fresh_store():
        enter(registry, STUDENTS)
        registry.check_states = lambda: None  # type: ignore[method-assign]  # they were entered without a note
        measure(Console(), registry)
    return 0


if __name__ == "__main__":
    sys.exit(main())
