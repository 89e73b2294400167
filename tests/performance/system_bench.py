"""Figures of the whole system on this machine: `python -m tests.performance.system_bench` (or `./jiaowu bench`).

Needs JIAOWU_TEST_POSTGRES_URL, JIAOWU_TEST_AMQP_URL and JIAOWU_TEST_AMQP_MANAGEMENT_URL; `./jiaowu bench` sets them to
servers of its own. The load generator runs on the same cores as everything else. Prints figures, asserts nothing.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice, product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from rich.console import Console
from sqlalchemy import func, select

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.data.database import Database
from chassis.running.dispatch import Dispatcher
from chassis.testing.harness import acting
from contracts.courses.commands import SelectCourses, SelectCoursesInBatch
from contracts.registry.queries import ListStudents
from launcher.story.cohort import import_quietly
from launcher.story.people import administrator
from launcher.story.school import (
    Course,
    Point,
    hire_staff,
    keep_calendar,
    make_catalogue,
    make_programme,
    open_exam_round,
    open_point,
    open_selection_round,
    set_fees,
)
from launcher.story.stage import Stage, wait
from launcher.system import System
from tests.performance.figures import figure, quantile, show_usage
from tests.performance.load import Connection, Outcome, closed_loop, steady
from tests.performance.usage import Meter, listeners, memory_megabytes, resident_megabytes
from tests.permissions import demanded

PASSWORD = "bench-horse-42"
STUDENTS = 1_000
CATALOGUES = 8  # of six courses each
RATE = 150
SECONDS = 15.0
CONNECTIONS = 32
# The load comes from one address and few users; their rate limits are not what is measured.
VARIABLES = {"JIAOWU_GATEWAY_USER_RATE": "1000000/minute", "JIAOWU_GATEWAY_ADDRESS_RATE": "1000000/minute"}


@dataclass
class Scene:
    """A running system with a cohort that can select."""

    system: System
    stage: Stage
    point: Point
    courses: Sequence[Course]
    round_id: UUID
    students: Sequence[UUID]
    console: Console

    def fresh_pairs(self, first: int, last: int) -> Iterator[tuple[UUID, UUID]]:
        """(student, course) pairs of the courses first..last, each once."""
        for course, student in product(self.courses[first:last], self.students):
            yield student, course.details.id

    def connections(self, path: str, count: int = CONNECTIONS, method: str = "POST") -> list[Connection]:
        """Connections of the point's registrar, with a fresh token."""
        token = self.point.registrar.client.refresh().access_token
        headers = [f"Authorization: Bearer {token}", "Content-Type: application/json"]
        return [Connection(self.system.gateway_url, f"/api/v1{path}", headers, method) for _ in range(count)]

    def groups(self) -> dict[str, int]:
        """Every process by name."""
        found = {name: process.pid for name, process in self.system.processes.items() if process.pid is not None}
        for name, variable in (("postgres", "POSTGRES"), ("rabbitmq", "AMQP")):
            port = urlsplit(os.environ[f"JIAOWU_TEST_{variable}_URL"]).port
            listening = listeners(port or 0)
            if listening:
                found[name] = listening[0]
        return found | {"load generator": os.getpid()}


@contextmanager
def scene(console: Console) -> Iterator[Scene]:
    """A system of its own, set up over HTTP."""
    with tempfile.TemporaryDirectory() as folder:
        system = System(
            Path(folder),
            os.environ["JIAOWU_TEST_POSTGRES_URL"],
            os.environ["JIAOWU_TEST_AMQP_URL"],
            os.environ["JIAOWU_TEST_AMQP_MANAGEMENT_URL"],
            prefix=f"bench{os.getpid()}",
            variables=VARIABLES,
        )
        try:
            system.up()
            yield _set_up(system, console)
        finally:
            system.down()
            system.destroy()


def _set_up(system: System, console: Console) -> Scene:
    with console.status("setting up"):
        stage = Stage(system.gateway_url, Console(quiet=True))
        admin = administrator(system)
        staff = hire_staff(stage, admin, PASSWORD)
        point = open_point(stage, admin, PASSWORD, 1)
        keep_calendar(stage, staff.registrar)
        runs = [Stage(system.gateway_url, Console(quiet=True)) for _ in range(CATALOGUES)]
        courses = [course for run in runs for course in make_catalogue(run, staff)]
        make_programme(stage, staff.registrar, courses, [point])
        set_fees(stage, staff.cashier)
        open_exam_round(stage, staff.exams, courses)
        round_ = open_selection_round(stage, staff.registrar, [*courses, courses[0]])
        wait("registry knows the programme", lambda: _rows(system, "registry", "programmes"), lambda n: n > 0)
        import_quietly(stage, point, STUDENTS)
        students = [student.id for student in point.registrar.client.pages(ListStudents())]
        wait("courses knows the students", lambda: _rows(system, "courses", "students"), lambda n: n == STUDENTS)
    return Scene(system, stage, point, courses, round_.id, students, console)


def _rows(system: System, service: str, table: str) -> int:
    with system.databases() as databases:
        database = databases[service]
        counted = select(func.count()).select_from(database.service.metadata.tables[table])
        return int(database.run(system_context(), lambda uow: uow.scalar(counted)))


def selecting(scene: Scene, pairs: Iterator[tuple[UUID, UUID]]) -> Callable[[int], bytes]:
    """Bodies that select one course each."""

    def body(_: int) -> bytes:
        student, course = next(pairs)
        return orjson.dumps({"student_id": student, "selection_round_id": scene.round_id, "course_ids": [course]})

    return body


def measured(scene: Scene, title: str, work: Callable[[], Outcome]) -> Outcome:
    """Run a load and print processor time and memory of every process meanwhile."""
    groups = scene.groups()
    meter = Meter(groups)
    outcome = work()
    used = meter.used()
    memory = {name: memory_megabytes(pid) for name, pid in groups.items()}
    show_usage(scene.console, title, used, memory, len(outcome.seconds), outcome.elapsed)
    if set(outcome.statuses) - {200, 201}:
        scene.console.print(f"  [red]statuses: {outcome.statuses}[/]")
    return outcome


def idle(scene: Scene) -> None:
    """Memory of the processes when they have nothing to do."""
    scene.console.rule("idle")
    for name in scene.system.processes:
        megabytes = resident_megabytes(scene.groups()[name])
        figure(scene.console, f"{name}, resident", f"{megabytes:.0f} MB", "< 90 MB")


def singles(scene: Scene) -> None:
    """Single selections: as many as go, and the latency of a steady rate."""
    console, pairs = scene.console, scene.fresh_pairs(0, 14)
    console.rule("single selections through the gateway")
    bodies = selecting(scene, pairs)
    asyncio.run(closed_loop(scene.connections("/selections", 8), bodies, 2.0))  # connections and caches
    lag = _lag_since(scene)
    calm = asyncio.run(steady(scene.connections("/selections", 8), bodies, 5, 6.0))
    figure(console, "one at a time, median / p99", f"{calm.quantile(0.5):.0f} / {calm.quantile(0.99):.0f} ms")
    _show_lag(scene, "event lag when idle", lag)
    even = measured(
        scene, f"{RATE}/s", lambda: asyncio.run(steady(scene.connections("/selections"), bodies, RATE, SECONDS))
    )
    figure(console, f"latency at {RATE}/s, median", f"{even.quantile(0.5):.0f} ms")
    figure(console, f"latency at {RATE}/s, p99", f"{even.quantile(0.99):.0f} ms", "< 300 ms")
    lag = _lag_since(scene)
    peak = measured(scene, "peak", lambda: asyncio.run(closed_loop(scene.connections("/selections"), bodies, SECONDS)))
    figure(console, "peak", f"{peak.rate:.0f}/s", "≥ 300/s")
    figure(console, "latency at the peak, median / p99", f"{peak.quantile(0.5):.0f} / {peak.quantile(0.99):.0f} ms")
    _show_lag(scene, "event lag at the peak", lag)


def in_one_process(scene: Scene) -> None:
    """The same command without HTTP and bus: what the rules and the database cost by themselves."""
    pairs = list(islice(scene.fresh_pairs(14, 17), 2_000))
    actor = acting(demanded(SelectCourses), scope="point", teaching_point_id=scene.point.view.id)
    with scene.system.databases() as databases:
        dispatcher = Dispatcher(databases["courses"].service, databases["courses"])
        before, started = time.process_time(), time.perf_counter()
        for student, course in pairs:
            body = {"student_id": str(student), "selection_round_id": str(scene.round_id), "course_ids": [str(course)]}
            dispatcher.carry_out("select_courses", body, replace(actor, idempotency_key=str(new_id())))
        used, elapsed = time.process_time() - before, time.perf_counter() - started
    scene.console.rule("the same commands in one process, one after the other")
    figure(scene.console, "selections", f"{len(pairs) / elapsed:.0f}/s")
    figure(scene.console, "CPU of the process", f"{1000 * used / len(pairs):.2f} ms a selection")


def batch(scene: Scene) -> None:
    """500 students × 10 courses: accepted, then billed."""
    scene.console.rule("batch of 500 students × 10 courses")
    bills_before = _rows(scene.system, "finance", "bills")
    students, courses = scene.students[:500], scene.courses[17:27]
    due = sum(2 if course.has_final else 1 for course in courses) * len(students)
    command = SelectCoursesInBatch(
        selection_round_id=scene.round_id,
        student_ids=tuple(students),
        course_ids=tuple(course.details.id for course in courses),
    )
    scene.point.registrar.client.refresh()
    started = time.perf_counter()
    scene.point.registrar.send(command)
    accepted = time.perf_counter() - started
    wait("all bills", lambda: _rows(scene.system, "finance", "bills") - bills_before, lambda n: n >= due)
    billed = time.perf_counter() - started
    figure(scene.console, "accepted", f"{accepted:.2f} s", "< 2 s")
    figure(scene.console, f"all {due} bills issued", f"{billed:.2f} s", "< 6 s")


def huge_batch(scene: Scene) -> None:
    """20,000 pairs as a task, and what interactive work feels of it."""
    scene.console.rule("interactive latency while a batch of 20,000 pairs runs")
    before = _rows(scene.system, "courses", "selections")
    command = SelectCoursesInBatch(
        selection_round_id=scene.round_id,
        student_ids=tuple(scene.students),
        course_ids=tuple(course.details.id for course in scene.courses[27:47]),
    )
    bodies = selecting(scene, scene.fresh_pairs(47, 48))
    connections = scene.connections("/selections", 8)
    started = time.perf_counter()
    scene.point.registrar.send(command)
    outcome = asyncio.run(steady(connections, bodies, 20, 10.0))
    wait("20,000 selections", lambda: _rows(scene.system, "courses", "selections"), lambda n: n >= before + 20_000)
    figure(scene.console, "20,000 selections made after", f"{time.perf_counter() - started:.1f} s")
    figure(
        scene.console,
        "single selections meanwhile (20/s), median / p99",
        f"{outcome.quantile(0.5):.0f} / {outcome.quantile(0.99):.0f} ms",
    )
    wait("all bills", lambda: _rows(scene.system, "finance", "outbox"), lambda n: n == 0)
    listed = asyncio.run(steady(scene.connections("/selections?size=20", 1, "GET"), lambda _: b"", 2, 5.0))
    rows = _rows(scene.system, "courses", "selections")
    median, late = listed.quantile(0.5), listed.quantile(0.99)
    figure(
        scene.console, f"the point's newest 20 of {rows:,} selections, median / p99", f"{median:.0f} / {late:.0f} ms"
    )


def _lag_since(scene: Scene) -> Any:
    with scene.system.databases() as databases:
        return databases["courses"].clock.now()


def _show_lag(scene: Scene, what: str, since: Any) -> None:
    """Milliseconds from the transaction that selected to the one that billed, of selections made after `since`."""
    with scene.system.databases() as databases:
        selected = _instants(databases["courses"], "selections", "id", since)
        wait(
            "all billed",
            lambda: len(_instants(databases["finance"], "bills", "source_id", since)),
            lambda n: n >= len(selected),
        )
        billed = _instants(databases["finance"], "bills", "source_id", since)
    lags = [1000 * (billed[id_] - at).total_seconds() for id_, at in selected.items() if id_ in billed]
    figure(scene.console, f"{what}, median / p99", f"{quantile(lags, 0.5):.0f} / {quantile(lags, 0.99):.0f} ms")


def _instants(database: Database, table: str, key: str, since: Any) -> dict[UUID, Any]:
    rows = database.service.metadata.tables[table]
    wanted = select(rows.c[key].label("key"), rows.c.created_at).where(rows.c.created_at >= since)
    return {row.key: row.created_at for row in database.run(system_context(), lambda uow: uow.rows(wanted))}


def main() -> int:
    """Print all figures."""
    console = Console()
    with scene(console) as ready:
        for part in (idle, singles, in_one_process, batch, huge_batch):
            part(ready)
    return 0


if __name__ == "__main__":
    sys.exit(main())
