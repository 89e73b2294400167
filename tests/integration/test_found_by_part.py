"""Whoever sees the whole school finds names and numbers by any three characters through an index."""

from __future__ import annotations

import pytest
from sqlalchemy import ColumnElement, Table, select, text
from sqlalchemy.dialects.postgresql import psycopg2

from chassis.data.pages import begins, matches
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import load
from chassis.testing.harness import acting
from launcher.paths import service_names
from services.registry.service import Registry
from services.registry.tables import students
from tests.harnesses import HarnessOf

FOUND = [
    (service.name, table, column.removeprefix(f"ix_{table.name}_").removesuffix("_parts"))
    for service in map(load, (f"services.{name}.service" for name in service_names()))
    for table in service.metadata.sorted_tables
    for column in sorted(str(index.name) for index in table.indexes)
    if column.endswith("_parts")
]


def plan_of(uow: UnitOfWork, table: Table, condition: ColumnElement[bool]) -> str:
    # Of a table without rows all would be read: whether the index can be used is asked, not whether it is worth it.
    uow.execute(text("SET LOCAL enable_seqscan = off"))
    statement = select(table.c.id).where(condition)
    literal = statement.compile(dialect=psycopg2.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    return "\n".join(row[0] for row in uow.connection.exec_driver_sql(f"EXPLAIN {literal}"))


@pytest.mark.parametrize(
    ("service", "table", "column"), FOUND, ids=lambda value: value if isinstance(value, str) else value.name
)
@pytest.mark.parametrize("part", ["张晓明", "李四光", "R33"])
def test_a_part_is_looked_up_in_the_index(
    harness_of: HarnessOf, service: str, table: Table, column: str, part: str
) -> None:
    harness = harness_of(load(f"services.{service}.service"))
    plan = harness.database.run(acting(), lambda uow: plan_of(uow, table, matches(part, numbers=[table.c[column]])))
    assert f"ix_{table.name}_{column}_parts" in plan


def test_a_beginning_is_looked_up_in_its_own(harness_of: HarnessOf) -> None:
    registry = harness_of(Registry)
    begun = begins(students.c.student_number, "r33")
    plan = registry.database.run(acting(), lambda uow: plan_of(uow, students, begun))
    assert "Index Cond" in plan
    assert "ix_students_lower_number_begins" in plan


def test_the_indexes_are_where_people_search_the_whole_school() -> None:
    assert {(service, table.name, column) for service, table, column in FOUND} == {
        ("registry", "students", "name"),
        ("identity", "users", "name"),
        ("identity", "users", "username"),
        ("courses", "students", "name"),
        ("courses", "students", "student_number"),
        ("exams", "students", "name"),
        ("exams", "students", "student_number"),
    }
