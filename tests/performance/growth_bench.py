"""Figures of the first big day: 8,000 selections are billed on a fresh database by connections that knew it empty.

`python -m tests.performance.growth_bench` needs JIAOWU_TEST_POSTGRES_URL. Each row is a database of its own, which
autovacuum leaves alone, so that no figure depends on when it looks. Prints figures, asserts nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.data.statistics import analyse_grown
from chassis.testing.harness import ServiceHarness
from contracts.courses.events import CoursesSelected
from contracts.registry.events import StudentItem, StudentState
from services.finance.service import Finance
from tests.builders import finance as build
from tests.builders.messages import a
from tests.performance.figures import quantile
from tests.performance.fresh import fresh_service

SELECTIONS = 8_000
ROWS = 500  # of one event
STUDENTS = 200
ANALYSED_EVERY = 2.0  # seconds; in a running system the due job comes every five


@dataclass(frozen=True)
class Case:
    """How the selections arrive, and what was known of the tables before."""

    title: str
    events_at_once: int
    known_to_be_tiny: bool


CASES = (
    Case("an event at a time", 1, known_to_be_tiny=False),
    Case("8 events in one transaction", 8, known_to_be_tiny=False),
    Case("an event at a time, tables analysed when nearly empty", 1, known_to_be_tiny=True),
    Case("8 events in one transaction, tables analysed when nearly empty", 8, known_to_be_tiny=True),
)


def bill(finance: ServiceHarness, case: Case) -> Iterator[float]:
    """Seconds per 500 selections, transaction by transaction."""
    build.standards(finance)
    students = [a(StudentItem, teaching_point_id=new_id()) for _ in range(STUDENTS)]
    finance.feed(StudentState, *students)
    finance.deliver(CoursesSelected(selections=tuple(build.selection(student) for student in students[:30])))
    with finance.owner_connection() as connection:
        for table in Finance.metadata.sorted_tables:
            connection.execute(text(f"ALTER TABLE {table.name} SET (autovacuum_enabled = false)"))
        if case.known_to_be_tiny:
            connection.execute(text("ANALYZE"))
    analysed = time.perf_counter()
    for _ in range(SELECTIONS // (ROWS * case.events_at_once)):
        events = [_event(students) for _ in range(case.events_at_once)]
        began = time.perf_counter()
        finance.inbox.handle([finance.arriving(finance.envelope(event)) for event in events])
        yield (time.perf_counter() - began) / case.events_at_once
        if time.perf_counter() - analysed > ANALYSED_EVERY:
            finance.database.run(system_context(), analyse_grown)
            analysed = time.perf_counter()
    finance.expect_nothing_parked()


def _event(students: list[StudentItem]) -> CoursesSelected:
    return CoursesSelected(selections=tuple(build.selection(students[n % len(students)]) for n in range(ROWS)))


def main() -> int:
    """Print a row for each case."""
    console = Console()
    table = Table(title=f"{SELECTIONS:,} selections billed, seconds per {ROWS}", title_justify="left")
    for heading in ("how they came", "first", "median", "longest", "last", "all"):
        table.add_column(heading, justify="left" if heading == "how they came" else "right")
    for number, case in enumerate(CASES):
        with console.status(case.title), fresh_service(f"growth{number}n", Finance) as finance:
            seconds = list(bill(finance, case))
        figures = (seconds[0], quantile(seconds, 0.5), max(seconds), seconds[-1], sum(seconds) * case.events_at_once)
        table.add_row(case.title, *(f"{figure:.2f}" for figure in figures))
    console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
