"""The school on which lists are measured, a thousandth of it: nothing in it is what the services would have refused."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from chassis.base.context import system_context
from chassis.data.database import Database
from chassis.provisioning.declared import declared
from chassis.provisioning.migrations import differences
from chassis.rules.id_numbers import identify
from contracts.finance.queries import CheckLedger
from contracts.types import Gender, IdKind
from launcher.reconcile.agreement import compare
from launcher.reconcile.copies import compare_copies
from launcher.reconcile.statements import read
from launcher.system import System
from services.finance.queries.proof import check_ledger
from services.registry.tables import students
from tests.performance import large_school
from tests.performance.large_school.building import LARGE
from tests.performance.large_school.filled import FILLED

pytestmark = [pytest.mark.xdist_group("large school"), pytest.mark.timeout(200)]

SIZE = large_school.Size(scale=0.001, now=datetime(2026, 11, 27, 3, tzinfo=UTC))
STUDENTS, SELECTIONS = 1_000, 3_000


@pytest.fixture(scope="module")
def system(
    tmp_path_factory: pytest.TempPathFactory, postgres_admin_url: str, amqp_admin_url: str, management_url: str
) -> Iterator[System]:
    folder: Path = tmp_path_factory.mktemp("large")
    built = System(folder, postgres_admin_url, amqp_admin_url, management_url, f"large{secrets.token_hex(4)}")
    try:
        built.provision_databases()
        large_school.build(postgres_admin_url, built.prefix, SIZE)
        yield built
    finally:
        built.destroy_databases()


@pytest.fixture(scope="module")
def databases(system: System) -> Iterator[Mapping[str, Database]]:
    with system.databases() as opened:
        yield opened


@pytest.fixture(scope="module")
def entered(system: System, postgres_admin_url: str) -> large_school.Databases:
    return large_school.Databases(postgres_admin_url, system.prefix)


def test_it_has_as_many_rows_as_it_should(entered: large_school.Databases) -> None:
    def count(service: str, table: str) -> int:
        return int(entered.rows(service, f"SELECT count(*) FROM {table}")[0][0])

    assert count("identity", "teaching_points") == 300
    assert count("registry", "students") == STUDENTS
    assert entered.rows("registry", "SELECT count(DISTINCT intake) FROM students") == [(20,)]
    assert count("courses", "selections") == pytest.approx(SELECTIONS, rel=0.01)
    assert count("finance", "bills") == pytest.approx(SELECTIONS * 5 / 3, rel=0.02)
    assert count("finance", "ledger_entries") >= 10 * STUDENTS
    assert count("exams", "exam_registrations") > STUDENTS


def test_one_point_has_a_tenth_of_everything(entered: large_school.Databases) -> None:
    share = "SELECT max(many) / sum(many) FROM (SELECT count(*) AS many FROM {} GROUP BY teaching_point_id) AS points"
    for service, table in (
        ("registry", "students"), ("courses", "selections"), ("finance", "bills"), ("finance", "ledger_entries"),
    ):  # fmt: skip
        assert float(entered.rows(service, share.format(table))[0][0]) == pytest.approx(0.1, abs=0.02), table


def test_of_a_hundred_students_seven_are_called_li(entered: large_school.Databases) -> None:
    named = entered.rows("registry", "SELECT count(*) FILTER (WHERE name LIKE '李%') * 1.0 / count(*) FROM students")
    assert float(named[0][0]) == pytest.approx(0.07, abs=0.02)


def test_the_books_are_right_and_the_services_agree(databases: Mapping[str, Database]) -> None:
    check = databases["finance"].run(system_context(), lambda uow: check_ledger(CheckLedger(), uow))
    assert not check.total
    assert not check.unbalanced_transactions
    # Nobody signs in there, so nobody has an account.
    assert {each.code for each in compare(read(databases))} <= {"account_missing"}


def test_copies_are_what_their_owners_have(databases: Mapping[str, Database]) -> None:
    assert compare_copies(databases) == []


def test_no_service_asks_for_a_copy_when_it_starts(databases: Mapping[str, Database]) -> None:
    for database in databases.values():
        states = database.service.metadata.tables["copy_states"]
        completed = select(states.c.kind).where(states.c.completed_at.is_not(None))
        found = database.run(system_context(), lambda uow, wanted=completed: {row.kind for row in uow.rows(wanted)})  # type: ignore[misc]
        assert found == set(database.service.copies)


def test_every_foreign_key_leads_somewhere(entered: large_school.Databases) -> None:
    """They are looked up anew: nothing did when the rows came."""
    for service in LARGE:
        keys = entered.rows(
            service,
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND connamespace = 'public'::regnamespace",
        )
        assert keys or service == "identity"
        for table, name, definition in keys:
            again = f"ALTER TABLE {table} ADD CONSTRAINT {name}_again {definition} NOT VALID"
            validate = f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}_again"
            entered.rows(service, f"{again}; {validate}; ALTER TABLE {table} DROP CONSTRAINT {name}_again")


def test_every_index_is_there_again(system: System, databases: Mapping[str, Database]) -> None:

    for service, database in databases.items():
        engine = create_engine(system.owner_url(service))
        with engine.connect() as connection:
            assert differences(connection, database.service) == [], service
        engine.dispose()


def test_every_trigger_that_did_not_run_was_thought_of(
    system: System, entered: large_school.Databases, databases: Mapping[str, Database]
) -> None:
    for service, database in databases.items():
        found = entered.rows(
            service, "SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger WHERE NOT tgisinternal"
        )
        tables = declared(system.database(service), database.service).tables
        of_chassis = {f"{table.name}.{trigger.name}" for table in tables for trigger in table.triggers}
        assert {name for (name,) in found} - of_chassis == set(FILLED.get(service, {})), service


def test_students_have_what_triggers_would_keep_of_them(entered: large_school.Databases) -> None:
    whole = "SELECT count(DISTINCT (s.id, gram)) FROM students s, name_grams(s.name) AS gram"
    made = f"SELECT ({whole}) - (SELECT count(*) FROM student_grams)"
    alone = "SELECT count(*) FROM {} LEFT JOIN cohorts ON cohorts.id = cohort_id WHERE cohorts.id IS NULL"
    for service in ("registry", "courses", "finance", "exams"):
        assert entered.rows(service, made) == [(0,)], service
    for service, table in (("registry", "students"), ("courses", "selections"), ("finance", "bills")):
        assert entered.rows(service, alone.format(table)) == [(0,)], table


def test_students_are_people_as_the_registry_takes_them(databases: Mapping[str, Database]) -> None:
    rows = databases["registry"].run(system_context(), lambda uow: uow.rows(select(students)))
    for row in rows:
        kind = IdKind(row.id_kind)
        identified, problems = identify(kind, row.id_number, Gender(row.gender), row.birth_on, SIZE.now.date())
        assert identified is not None
        assert not problems
        assert row.id_number == identified.id_number
        assert 17 <= (row.enrolled_on - row.birth_on).days / 365.25 <= 60
        assert row.updated_at <= SIZE.now


def test_the_same_seed_makes_the_same_rows(entered: large_school.Databases) -> None:
    before = _fingerprints(entered)
    for service in LARGE:
        tables = entered.rows(service, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        emptied = ", ".join(sorted(name for (name,) in tables if name != "alembic_version"))
        entered.rows(service, f"TRUNCATE {emptied} RESTART IDENTITY")
    large_school.build(entered.admin_url, entered.prefix, SIZE)
    assert _fingerprints(entered) == before


def _fingerprints(entered: large_school.Databases) -> dict[str, str]:
    """What stands in the large tables, but for the moment at which copies were made."""
    return {
        f"{service}.{table}": entered.rows(
            service, f"SELECT md5(string_agg((to_jsonb(t) - 'seen_at')::text, '' ORDER BY id)) FROM {table} AS t"
        )[0][0]
        for service, tables in LARGE.items()
        for table in tables
    }
