"""Figures of the audit trail's chain: what sealing a million entries takes, what proving them takes, and what the mark
costs a selection.

`python -m tests.performance.audit_bench [entries]` needs JIAOWU_TEST_POSTGRES_URL. The selections with and without
marks take turns, so that what else the machine does falls on both. Prints figures, asserts nothing.
"""

from __future__ import annotations

import inspect
import re
import sys
import time
from itertools import cycle, islice
from statistics import mean, median
from typing import Any

from rich.console import Console
from rich.progress import track
from sqlalchemy import Connection, CursorResult, text

from chassis.base.context import system_context
from chassis.data import unit_of_work
from chassis.data.audit_chain import MARKED
from chassis.data.prepared import Prepared
from chassis.data.statistics import analyse_grown
from chassis.testing.harness import ServiceHarness
from chassis.work.audit_sealing import seal
from chassis.work.audit_verdict import prove
from contracts.courses.commands import SelectCourses
from services.courses.service import Courses
from tests.builders import courses as build
from tests.builders.people import of_point
from tests.performance.figures import figure
from tests.performance.fresh import fresh_service
from tests.performance.usage import most_megabytes

ENTRIES = 1_000_000
SELECTIONS = 1_500
"""Of each kind."""

# Like those of a selection: some 600 bytes of what was before and after.
_PLANT = text(
    """
WITH planted AS (
    INSERT INTO audit_entries (
        id, actor_id, actor_name, teaching_point_id, client, correlation_id, object_type, object_id, action, after
    )
    SELECT CAST(lpad(to_hex(:start + n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0') AS uuid),
           gen_random_uuid(), '某某', gen_random_uuid(), '10.1.2.3', gen_random_uuid(),
           'selections', gen_random_uuid(), 'select',
           jsonb_build_object('state', 'pending_payment', 'course_id', gen_random_uuid(), 'note', repeat('备注', 60),
                              'student_id', gen_random_uuid(), 'selection_round_id', gen_random_uuid(), 'credits', 4)
    FROM generate_series(1, :number) AS n
    RETURNING id
)
INSERT INTO audit_marks (entry_id) SELECT id FROM planted
"""
)


def plant(harness: ServiceHarness, entries: int) -> None:
    """Entries that wait for their blocks."""
    with harness.owner_connection() as connection:
        connection.exec_driver_sql(f"SET {MARKED} = 'yes'")
        portion = min(entries, 50_000)
        for start in track(range(0, entries, portion), description="planting", transient=True):
            connection.execute(_PLANT, {"start": start, "number": min(portion, entries - start)})


def sealing(console: Console, harness: ServiceHarness, entries: int) -> None:
    """Make blocks of them, while statistics are kept as in a running system."""
    began = time.perf_counter()
    while harness.database.run(system_context(), seal):
        pass
    seconds = time.perf_counter() - began
    figure(console, f"{entries:,} entries sealed", f"{seconds:.1f} s, {entries / seconds:,.0f} a second")
    harness.database.run(system_context(), analyse_grown)


def proving(console: Console, harness: ServiceHarness) -> None:
    """Prove the whole trail."""
    databases = {harness.service.name: harness.database}
    before = most_megabytes()
    began = time.perf_counter()
    verdict = prove(databases, harness.service.name)
    seconds = time.perf_counter() - began
    grown = most_megabytes() - before
    found = "sound" if verdict.sound else f"not sound: {dict(verdict.counts)}"
    wanted = f"< 60 s for {ENTRIES:,}"
    figure(console, f"{verdict.proof.entries:,} entries proven ({found})", f"{seconds:.1f} s, {grown:.0f} MB", wanted)


def without_marks() -> Prepared:
    """The last statement of a transaction as it was before there were marks."""
    source = inspect.getsource(unit_of_work)
    found = re.search(r'"finish",\n    """\n(.*?)""",\n(.*?)\n\)', source, re.DOTALL)
    assert found is not None
    sql, marks = re.subn(r"\), marked AS \(.*?\), kept AS", "), kept AS", found[1], flags=re.DOTALL)
    assert marks == 1
    types = dict(re.findall(r'(\w+)="([\w\[\]]+)"', found[2]))
    return Prepared("finish_without_marks", sql, **types)


class Timed:
    """A statement that notes how long it takes."""

    def __init__(self, statement: Prepared) -> None:
        self._statement = statement
        self.took: list[float] = []

    def run(self, connection: Connection, parameters: dict[str, Any]) -> CursorResult[Any]:
        """As `Prepared.run`."""
        began = time.perf_counter()
        result = self._statement.run(connection, parameters)
        self.took.append(time.perf_counter() - began)
        return result


def selecting(console: Console) -> None:
    """A student selects two courses, with the mark and without it by turns."""
    last = {"with": Timed(unit_of_work._FINISH), "without": Timed(without_marks())}
    whole: dict[str, list[float]] = {"with": [], "without": []}
    with fresh_service("selecting", Courses) as harness:
        school = build.school(harness, courses=2, students=2 * SELECTIONS)
        harness.check_states = lambda: None  # type: ignore[method-assign]
        turns = islice(cycle(("with", "without", "without", "with")), 2 * SELECTIONS)
        for way, student in track(list(zip(turns, school.students, strict=True)), "selecting", transient=True):
            unit_of_work._FINISH = last[way]  # type: ignore[assignment]
            command = SelectCourses(
                student_id=student.id, selection_round_id=school.round.id, course_ids=school.course_ids
            )
            began = time.perf_counter()
            harness.run(command, of_point(student.teaching_point_id))
            whole[way].append(time.perf_counter() - began)
    _compare(console, "a selection of two courses", whole)
    _compare(console, "its last statement", {way: statement.took for way, statement in last.items()})


def _compare(console: Console, what: str, took: dict[str, list[float]]) -> None:
    for how, of in (("median", median), ("mean of the quicker half", _quicker_half)):
        marked, plain = of(took["with"]) * 1000, of(took["without"]) * 1000
        more = f"{1000 * (marked - plain):+.0f} µs, {100 * (marked / plain - 1):+.1f} %"
        figure(console, f"{what}, {how}", f"{marked:.2f} ms, {plain:.2f} without: {more}")


def _quicker_half(values: list[float]) -> float:
    return mean(sorted(values)[: len(values) // 2])


def main() -> int:
    """Print the figures."""
    console = Console()
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with fresh_service("trail", Courses) as harness:
        plant(harness, entries)
        sealing(console, harness, entries)
        proving(console, harness)
    selecting(console)
    return 0


if __name__ == "__main__":
    sys.exit(main())
