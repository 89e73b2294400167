"""Figures of documents: the first of a process, one more, and 5,000 certificates of enrolment as one PDF and as a ZIP.

`python -m tests.performance.documents_bench` needs JIAOWU_TEST_POSTGRES_URL. A task process with nothing else to do
makes them. Prints figures, asserts nothing.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from subprocess import DEVNULL

import psutil
from rich.console import Console
from sqlalchemy import select

from chassis.base.context import Context
from chassis.provisioning.database import app_url
from chassis.testing.harness import PASSWORDS, ServiceHarness, acting
from contracts.base import Command
from contracts.common import GetTask, TaskState, TaskView
from contracts.documents import BatchForm
from contracts.registry.commands import IssueEnrolmentCertificate, IssueEnrolmentCertificates
from launcher.processes import inherited
from services.registry.service import Registry
from services.registry.tables import students
from tests.performance.figures import figure
from tests.performance.fresh import fresh_service
from tests.performance.search_bench import enter
from tests.permissions import demanded

STUDENTS = 5_000


class TaskProcess:
    """A task process of the registry as it is in use, but for a broker."""

    def __init__(self, registry: ServiceHarness, store: str) -> None:
        address = registry.admin_url.render_as_string(hide_password=False)
        variables = {
            "JIAOWU_DATABASE_URL": app_url(address, registry.database.name, PASSWORDS.app),
            "JIAOWU_BROKER_URL": "amqp://nobody:nothing@127.0.0.1:9/none",
            "JIAOWU_FILES_URL": store,
        }
        command = [sys.executable, "-m", "chassis.running.runner", "services.registry.service", "--role", "tasks"]
        self._process = psutil.Popen(command, env={**inherited(), **variables}, stdout=DEVNULL, stderr=DEVNULL)

    def megabytes_at_most(self) -> int:
        """What it had in memory at once."""
        status = Path("/proc", str(self._process.pid), "status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) // 1024

    def seconds_of_processor(self) -> float:
        """What it has used, without the processes that it made."""
        used = self._process.cpu_times()
        return float(used.user + used.system)

    def __enter__(self) -> TaskProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


def made(registry: ServiceHarness, command: Command, who: Context) -> tuple[TaskView, float]:
    """The task, done, and how many seconds it took from the command on."""
    permission = str(demanded(type(command)))
    began = time.perf_counter()
    task = registry.run(command, replace(who, permission=permission))
    asking = replace(who, held={permission: who.scope})
    while (done := registry.ask(GetTask(task_id=task.id), asking)).state in (TaskState.WAITING, TaskState.RUNNING):
        time.sleep(0.02)
    if done.state is not TaskState.DONE or done.result is None:
        raise SystemExit(f"{done.kind}: {done.state}, {done.refusal}")
    return done, time.perf_counter() - began


def measure(console: Console, registry: ServiceHarness, store: str) -> None:
    """Print, make, print: each time in a new process."""
    who = acting(name="教务")
    [student] = registry.rows(select(students.c.id).limit(1))
    with TaskProcess(registry, store) as process:
        for what in ("first of a process, with its start", "one more"):
            _, took = made(registry, IssueEnrolmentCertificate(student_id=student.id), who)
            figure(console, what, f"{took:.2f} s", "2 s")
        figure(console, "memory of the process", f"{process.megabytes_at_most()} MB", "300 MB")
    for form in BatchForm:
        with TaskProcess(registry, store) as process:
            done, took = made(registry, IssueEnrolmentCertificates(form=form), who)
            size = done.result.size / 1e6 if done.result else 0
            said = f"{took:.0f} s ({process.seconds_of_processor():.0f} s of its processor), {size:.0f} MB"
            figure(console, f"{done.figures['issued']:,} as {form}", said, "180 s")
            figure(console, "memory of the process", f"{process.megabytes_at_most()} MB", "300 MB")
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    figure(console, "of any process that they made", f"{most} MB", "300 MB")


def main() -> int:
    """Enter students, measure."""
    with fresh_service("documents", Registry) as registry, tempfile.TemporaryDirectory() as folder:
        enter(registry, STUDENTS)
        registry.check_states = lambda: None  # type: ignore[method-assign]  # nothing notes them
        measure(Console(), registry, Path(folder).as_uri())
    return 0


if __name__ == "__main__":
    sys.exit(main())
