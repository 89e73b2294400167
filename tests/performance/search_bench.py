"""Figures of looking for a name among 100,000 students, by who sees the whole school.

`python -m tests.performance.search_bench` needs JIAOWU_TEST_POSTGRES_URL. Each search is planned and carried out as the
list of students does it, with the index of parts and without. Prints figures, asserts nothing.
"""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import psycopg2

from chassis.data.pages import begins, matches
from chassis.data.unit_of_work import UnitOfWork
from chassis.testing.harness import ServiceHarness, acting
from launcher.made_up import MadeUpStudents
from services.registry.service import Registry
from services.registry.tables import students
from tests.performance.fresh import fresh_service

STUDENTS = 100_000

_ENTER = text(
    "INSERT INTO students (id, student_number, name, gender, id_kind, id_number, birth_on, ethnicity,"
    " teaching_point_id, programme_id, intake, level, student_type, student_source, major_code, major_name,"
    " schooling_length, enrolled_on)"
    " SELECT gen_random_uuid(), '263203' || lpad(n::text, 8, '0'), name, 'male', 'resident', n::text, '1998-05-20',"
    " '01', gen_random_uuid(), gen_random_uuid(), '202609', 'top_up_bachelor', '开放教育', '开放教育', '080901',"
    " '计算机科学与技术', '2.5', '2026-09-01' FROM unnest(CAST(:names AS text[])) WITH ORDINALITY AS made (name, n)"
)


def enter(registry: ServiceHarness, count: int = STUDENTS) -> list[str]:
    """Made-up students; their names."""
    people = MadeUpStudents("search bench")
    names = [people.make().name for _ in range(count)]
    with registry.owner_connection() as connection:
        connection.execute(text("ALTER TABLE students DISABLE TRIGGER USER"))
        connection.execute(_ENTER, {"names": names})
        connection.execute(text("ALTER TABLE students ENABLE TRIGGER USER"))
        connection.execute(text("ANALYZE students"))
    return names


def measured(registry: ServiceHarness, name: str, *, indexed: bool) -> tuple[str, float]:
    """How students of that (part of a) name or number were found, and in how many milliseconds."""
    wanted = begins(students.c.student_number, name) if name.isdigit() else matches(name, people=[students.c.name])
    statement = select(students).where(wanted).order_by(students.c.student_number).limit(20)
    literal = statement.compile(dialect=psycopg2.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]

    def explain(uow: UnitOfWork) -> tuple[str, float]:
        if not indexed:
            uow.execute(text("SET LOCAL enable_bitmapscan = off"))
            uow.execute(text("SET LOCAL enable_indexscan = off"))
        (plan,) = uow.connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {literal}").scalars().one()
        node = plan["Plan"]
        while "Plans" in node and "Relation Name" not in node:
            node = node["Plans"][0]
        return node["Node Type"], plan["Execution Time"]

    return registry.database.run(acting(), explain)


def main() -> int:
    """Enter, search, print."""
    with fresh_service("search", Registry) as registry:
        names = enter(registry)
        shown = Table("looked for", "characters", "how", "ms", "ms without an index")
        whole = next(each for each in names if len(each) == 3)
        for wanted in (whole, whole[:2], whole[0], "2632030001"):
            how, with_index = min((measured(registry, wanted, indexed=True) for _ in range(5)), key=lambda run: run[1])
            without = min(measured(registry, wanted, indexed=False)[1] for _ in range(5))
            kind = "number" if wanted.isdigit() else "name"
            shown.add_row(kind, str(len(wanted)), how, f"{with_index:.2f}", f"{without:.2f}")
        Console().print(shown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
