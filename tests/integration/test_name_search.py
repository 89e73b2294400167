"""In every service people are found through indexes: names through their grams, numbers by their beginnings."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column, ColumnElement, Select, select, text
from sqlalchemy.dialects.postgresql import psycopg2

from chassis.base.ids import new_id
from chassis.data.name_search import PeopleSearch
from chassis.data.pages import begins
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service, load
from chassis.testing.harness import acting
from launcher.paths import service_names
from services.courses.service import Courses
from services.courses.tables.copies import student_search as students_of_courses
from services.courses.tables.selections import selections, withdrawals
from services.enrollment.service import Enrollment
from services.enrollment.tables import application_search, signup_search
from services.exams.service import Exams
from services.exams.tables import exam_registrations
from services.exams.tables import student_search as students_of_exams
from services.finance.service import Finance
from services.finance.tables.bills import bills
from services.finance.tables.copies import student_search as students_of_finance
from services.finance.tables.refunds import withdrawal_reviews
from services.identity.service import Identity
from services.identity.tables.users import user_search
from services.registry.service import Registry
from services.registry.tables import student_search as students_of_registry
from tests.harnesses import HarnessOf

LISTS: list[tuple[type[Service], PeopleSearch, Column[Any]]] = [
    (Enrollment, application_search, application_search.people.c.id),
    (Enrollment, signup_search, signup_search.people.c.id),
    (Registry, students_of_registry, students_of_registry.people.c.id),
    (Identity, user_search, user_search.people.c.id),
    (Courses, students_of_courses, selections.c.student_id),
    (Courses, students_of_courses, withdrawals.c.student_id),
    (Exams, students_of_exams, exam_registrations.c.student_id),
    (Finance, students_of_finance, bills.c.student_id),
    (Finance, students_of_finance, withdrawal_reviews.c.student_id),
]
"""Each list that searches people, by the column that says whose its rows are."""


def plan(harness_of: HarnessOf, service: type[Service], kind: str, statement: Select[Any]) -> str:
    someone = acting(scope=kind, ids=() if kind == "school" else (new_id(),))
    literal = str(statement.compile(dialect=psycopg2.dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[no-untyped-call]

    def explain(uow: UnitOfWork) -> str:
        # Of tables without rows all would be read: whether indexes can be used is asked, not whether it is worth it.
        uow.execute(text("SET LOCAL enable_seqscan = off; SET LOCAL enable_nestloop = off"))
        return "\n".join(row[0] for row in uow.connection.exec_driver_sql(f"EXPLAIN {literal}"))

    return harness_of(service).database.run(someone, explain)


@pytest.mark.parametrize("kind", ["school", "point"])
@pytest.mark.parametrize(("service", "search", "person"), LISTS, ids=[str(person) for *_, person in LISTS])
@pytest.mark.parametrize("part", ["张", "晓明", "张晓明", "欧阳晓明"])
def test_a_part_of_a_name_is_looked_up_among_the_grams(
    harness_of: HarnessOf, kind: str, service: type[Service], search: PeopleSearch, person: Column[Any], part: str
) -> None:
    shown = plan(harness_of, service, kind, select(person.table.c.id).where(search.found(person, part)))
    assert f"_{search.grams.name}" in shown
    assert "Seq Scan" not in shown


@pytest.mark.parametrize("typed", ["26", "R33"])
@pytest.mark.parametrize(
    ("service", "column", "condition"),
    [
        *(
            (service, f"{search.people.name}_{search.number}", lambda typed, s=search, p=person: s.found(p, typed))
            for service, search, person in LISTS
        ),
        (Finance, "bills_number", lambda typed: begins(bills.c.number, typed)),
    ],
    ids=[*(str(person) for *_, person in LISTS), "bills.number"],
)
def test_the_beginning_of_a_number_is_looked_up_in_its_index(
    harness_of: HarnessOf, service: type[Service], column: str, condition: Any, typed: str
) -> None:
    found: ColumnElement[bool] = condition(typed)
    shown = plan(harness_of, service, "school", select(text("1")).where(found))
    assert f"_{column}_begins" in shown
    assert "Index Cond" in shown


def test_every_table_of_people_that_lists_search_is_here_and_no_other_index_is_paid_for() -> None:
    metadata = {name: load(f"services.{name}.service").metadata for name in service_names()}
    grams = {(name, t.name) for name, tables in metadata.items() for t in tables.sorted_tables if "gram" in t.c}
    assert grams == {(service.name, search.grams.name) for service, search, _ in LISTS}
    parts = [i.name for tables in metadata.values() for t in tables.sorted_tables for i in t.indexes if _is_gin(i)]
    assert parts == []


def _is_gin(index: Any) -> bool:
    return index.dialect_options["postgresql"]["using"] == "gin"
