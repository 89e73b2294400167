"""Figures of looking for people among many, as it is done now and as it was before there were grams.

`python -m tests.performance.search_bench [--students 1000000]` needs JIAOWU_TEST_POSTGRES_URL. Two databases have the
same students: one keeps the grams of their names, the other has the indexes of before (`pg_trgm`). Each search is the
first page of the list of students, 20 of them by their numbers. Prints figures, asserts nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table
from sqlalchemy import ColumnElement, func, select, text

from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness, acting
from launcher.made_up import MadeUpStudents
from services.registry.service import Registry
from services.registry.tables import student_search, students
from tests.performance.figures import figure, quantile
from tests.performance.fresh import fresh_service

STUDENTS = 100_000
POINTS = [UUID(int=number) for number in range(1, 151)]
RUNS = 25
BLOCK, BLOCKS = 1_000, 30
"""Of students who are entered one block after the other, into each database in turn."""

_ENTER = text(
    "INSERT INTO students (id, student_number, name, gender, id_kind, id_number, birth_on, ethnicity,"
    " teaching_point_id, programme_id, intake, level, student_type, student_source, major_code, major_name,"
    " schooling_length, enrolled_on)"
    " SELECT id, '263203' || lpad((:first + n)::text, 8, '0'), name, 'male', 'resident',"
    " (:first + n)::text, '1998-05-20', '01', (CAST(:points AS uuid[]))[1 + n % 150],"
    " gen_random_uuid(), '202609', 'top_up_bachelor', '开放教育', '开放教育', '080901', '计算机科学与技术', '2.5',"
    " '2026-09-01' FROM unnest(CAST(:names AS text[]), CAST(:ids AS uuid[])) WITH ORDINALITY AS made (name, id, n)"
)
_BEFORE = (
    "DROP TRIGGER keep_student_grams_insert ON students",
    "DROP INDEX ix_students_student_number_begins",
    "CREATE INDEX before_names ON students USING gin (name gin_trgm_ops) WITH (fastupdate = off)",
    "CREATE INDEX before_numbers ON students (lower(student_number) text_pattern_ops)",
)
_INDEXES_BEFORE = "SELECT sum(pg_relation_size(i::regclass)) FROM unnest(ARRAY['before_names', 'before_numbers']) i"
_INDEXES_NOW = "SELECT pg_total_relation_size('student_grams') + pg_relation_size('ix_students_student_number_begins')"


def enter(registry: ServiceHarness, count: int = STUDENTS) -> list[str]:
    """Made-up students; their names."""
    names = made_up(count)
    note_nothing(registry)
    with registry.owner_connection() as connection:
        connection.execute(_ENTER, parameters(names))
        # In that order the list is read, so that the first page need not look at all.
        connection.execute(text("CREATE INDEX in_order ON students (student_number)"))
        connection.execute(text("VACUUM ANALYZE students, student_grams"))
    return names


def parameters(names: list[str], first: int = 0) -> dict[str, Any]:
    """Of the statement that enters people of these names, whose numbers go on after the first."""
    return {"names": names, "ids": [new_id() for _ in names], "first": first, "points": POINTS}


def made_up(count: int) -> list[str]:
    """Names; one in fifty has four characters."""
    people = MadeUpStudents("search bench")
    return [("欧阳" if number % 50 == 0 else "") + people.name() for number in range(count)]


def note_nothing(registry: ServiceHarness) -> None:
    """The students of a bench are told to nobody."""
    with registry.owner_connection() as connection:
        noting = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'students'::regclass AND tgname LIKE 'note%'"
        for trigger in connection.execute(text(noting)).scalars().all():
            connection.execute(text(f"ALTER TABLE students DISABLE TRIGGER {trigger}"))


def as_before(registry: ServiceHarness) -> None:
    """Names and numbers are indexed as they were, and no grams are kept."""
    with registry.owner_connection() as connection:
        for statement in _BEFORE:
            connection.execute(text(statement))


def now(part: str) -> ColumnElement[bool]:
    """The condition of today."""
    return student_search.found(students.c.id, part)


def before(part: str) -> ColumnElement[bool]:
    """The condition of before."""
    if part[0].isdigit():
        return func.lower(students.c.student_number).startswith(part, autoescape=True)
    return students.c.name.icontains(part, autoescape=True)


def searched(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What is looked for: parts of one to four characters that many names have, hardly any, and none; numbers."""
    for length in (1, 2, 3, 4):
        parts = Counter(name[at : at + length] for name in names for at in range(len(name) + 1 - length))
        ordered = [part for part, _ in parts.most_common()]
        yield from ((f"{length}, often", ordered[0]), (f"{length}, rarely", ordered[-1]))
        yield f"{length}, never", "龘靐齉爩"[:length]
    yield from (("number, whole", "26320300000777"), ("number, thousands", "26320300001"), ("number, all", "2632"))


def timed(registry: ServiceHarness, context: Context, condition: ColumnElement[bool]) -> list[float]:
    """Milliseconds of each run."""
    statement = select(students).where(condition).order_by(students.c.student_number).limit(20)
    found = []
    for _ in range(RUNS):
        with registry.database.unit_of_work(context) as uow:
            begun = time.perf_counter()
            uow.rows(statement)
            found.append(1000 * (time.perf_counter() - begun))
    return found[2:]


def show_searches(console: Console, databases: tuple[ServiceHarness, ServiceHarness], names: Sequence[str]) -> None:
    """Milliseconds, now and before, for who sees the whole school, one point, and themselves."""
    grams, trigrams = databases
    with grams.owner_connection() as connection:
        somebody = connection.execute(select(students.c.id).limit(1)).scalar_one()
    kinds = {
        "school": acting(),
        "point": acting(scope="point", ids=(POINTS[7],)),
        "student": acting(scope="student", ids=(somebody,)),
    }
    shown = Table("part", "of", *(f"{kind}: p50 p95, before" for kind in kinds))
    for what, part in searched(names):
        row = []
        for context in kinds.values():
            new, old = timed(grams, context, now(part)), timed(trigrams, context, before(part))
            row.append(" ".join(f"{quantile(run, share):.1f}" for run in (new, old) for share in (0.5, 0.95)))
        shown.add_row(what, part, *row)
    console.print(shown)


def show_writing(console: Console, databases: tuple[ServiceHarness, ServiceHarness], there: int) -> None:
    """What entering a student costs, in blocks that go into one database and the other in turn."""
    taken: dict[str, list[float]] = {registry.database.name: [] for registry in databases}
    people = MadeUpStudents("more of them")
    for block in range(BLOCKS):
        entered = parameters([people.name() for _ in range(BLOCK)], there + block * BLOCK)
        for registry in databases if block % 2 else reversed(databases):
            with registry.owner_connection() as connection:
                begun = time.perf_counter()
                connection.execute(_ENTER, entered)
                taken[registry.database.name].append(1e6 * (time.perf_counter() - begun) / BLOCK)
    for each, what in zip(taken.values(), ("with grams", "before"), strict=True):
        shown = f"{quantile(each, 0.5):.0f} µs, p95 {quantile(each, 0.95):.0f} µs"
        figure(console, f"entering a student {what}", shown)


def main() -> int:
    """Enter, search, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=STUDENTS)
    count = parser.parse_args().students
    console = Console(width=150)
    with fresh_service("search", Registry) as grams, fresh_service("trigrams", Registry) as trigrams:
        as_before(trigrams)
        begun = time.perf_counter()
        names = enter(grams, count)
        figure(console, f"entering {count} with grams", f"{time.perf_counter() - begun:.0f} s")
        enter(trigrams, count)
        for registry, query, what in ((grams, _INDEXES_NOW, "grams"), (trigrams, _INDEXES_BEFORE, "before")):
            with registry.owner_connection() as connection:
                size = connection.execute(text(query)).scalar_one()
            figure(console, f"size: {what}", f"{size / 2**20:.0f} MiB, {size / count:.0f} bytes a student")
        show_searches(console, (grams, trigrams), names)
        show_writing(console, (grams, trigrams), count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
