"""Provisioning beside a working system: changes only what differs, holds nobody up for long, mends what was altered."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.data.row_scope import app_role, owner_role, role_name
from chassis.data.triggers import Function, Trigger
from chassis.declaring.service import Service
from chassis.provisioning import catalogue
from chassis.provisioning.database import Patience, bring_in_line, provision_database
from chassis.provisioning.declared import declared
from chassis.provisioning.differences import differences
from chassis.testing.harness import PASSWORDS, ServiceHarness
from tests.chassis.example import Example, build, parcels
from tests.waiting import eventually

QUICK = Patience(lock_timeout=0.2, longest_pause=0.2)


@pytest.fixture
def provision(example: ServiceHarness, postgres_admin_url: str) -> Callable[..., None]:
    """Provisions the example's database as `up` does."""

    def again(build: Callable[[Connection, type[Service]], None] = build, patience: Patience = QUICK) -> None:
        name = example.database.name
        provision_database(postgres_admin_url, Example, name, PASSWORDS, build=build, patience=patience)

    return again


@pytest.fixture
def owner(example: ServiceHarness) -> Iterator[Engine]:
    name = example.database.name
    engine = create_engine(make_url(example.admin_url).set(username=owner_role(name), password=PASSWORDS.owner))
    yield engine
    engine.dispose()


def state(example: ServiceHarness) -> tuple[Any, ...]:
    """All that provisioning is answerable for, as the catalogue has it."""
    with example.owner_connection() as connection:
        return catalogue.relations(connection), catalogue.things(connection)


@contextmanager
def holding(example: ServiceHarness, mode: str) -> Iterator[Callable[[], None]]:
    """Somebody at work on parcels; call it to let them finish."""
    engine = create_engine(example.admin_url)
    with engine.connect() as connection:
        connection.execute(text(f"LOCK TABLE parcels IN {mode} MODE"))
        yield connection.rollback
    engine.dispose()


@contextmanager
def refusing_every_change(example: ServiceHarness) -> Iterator[None]:
    with example.owner_connection() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'touched by %%', tg_tag; END $$"
        )
        connection.exec_driver_sql("CREATE EVENT TRIGGER refuse ON ddl_command_start EXECUTE FUNCTION refuse()")
        try:
            yield
        finally:
            connection.exec_driver_sql("DROP EVENT TRIGGER refuse")
            connection.exec_driver_sql("DROP FUNCTION refuse()")


def test_a_database_that_is_as_declared_sees_no_change_at_all(
    example: ServiceHarness, provision: Callable[..., None]
) -> None:
    with refusing_every_change(example), holding(example, "EXCLUSIVE"):
        provision()


def test_what_differs_is_changed_and_nothing_else(example: ServiceHarness, provision: Callable[..., None]) -> None:
    before = state(example)
    with example.owner_connection() as connection:
        connection.exec_driver_sql("DROP TRIGGER raise_version ON parcels")
    with refusing_every_change(example), pytest.raises(DBAPIError, match="touched by CREATE TRIGGER"):
        provision()
    provision()
    assert state(example) == before


@pytest.mark.parametrize(
    "sabotage",
    [
        "ALTER TABLE parcels DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE parcels RESET (autovacuum_analyze_threshold)",
        "ALTER TABLE parcels DISABLE TRIGGER raise_version",
        "ALTER POLICY parcels_point ON parcels USING (true)",
        "ALTER POLICY parcels_point ON parcels WITH CHECK (true)",
        "ALTER POLICY parcels_point ON parcels TO {app}",
        "DROP POLICY parcels_point ON parcels",
        "CREATE POLICY open_door ON parcels TO PUBLIC USING (true)",
        "CREATE OR REPLACE FUNCTION raise_version() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "ALTER FUNCTION analyse_grown() SECURITY INVOKER",
        "GRANT EXECUTE ON FUNCTION analyse_grown() TO PUBLIC",
        "GRANT SELECT ON parcels TO PUBLIC",
        "GRANT SELECT ON parcels TO {app}",
        "GRANT SELECT (label) ON parcels TO {app}",
        "GRANT SELECT ON parcels TO {school} WITH GRANT OPTION",
        "GRANT UPDATE ON audit_entries TO {school}",
        "GRANT UPDATE (note) ON workflow_history TO {school}",
        "REVOKE UPDATE (teaching_point_id) ON workflow_history FROM {school}",
        "REVOKE DELETE ON parcels FROM {school}",
        "GRANT UPDATE ON SEQUENCE outbox_id_seq TO {school}",
        "REVOKE USAGE ON SEQUENCE outbox_id_seq FROM {school}",
    ],
)
def test_what_was_altered_by_hand_is_mended(
    example: ServiceHarness, provision: Callable[..., None], sabotage: str
) -> None:
    before = state(example)
    names = {"school": role_name(example.database.name, "school"), "app": app_role(example.database.name)}
    with example.owner_connection() as connection:
        connection.exec_driver_sql(sabotage.format(**names))
    assert state(example) != before
    provision()
    assert state(example) == before


def test_what_is_no_longer_declared_goes_and_what_a_migration_made_stays(
    example: ServiceHarness, owner: Engine, provision: Callable[..., None]
) -> None:
    before = state(example)
    function = Function(
        "note()",
        "CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    )
    of_old = declared(example.database.name, Example)
    trigger = Trigger("parcels", "note", "AFTER UPDATE ON parcels FOR EACH STATEMENT EXECUTE FUNCTION note()")
    tables = [replace(t, triggers=(*t.triggers, trigger)) if t.name == "parcels" else t for t in of_old.tables]
    of_old = replace(of_old, tables=tuple(tables), functions=(*of_old.functions, function))
    with owner.begin() as connection:
        for change in differences(connection, of_old):
            change.carry_out(connection)
        assert differences(connection, of_old) == []
        connection.exec_driver_sql(
            "CREATE FUNCTION migrated() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER migrated AFTER INSERT ON parcels FOR EACH ROW EXECUTE FUNCTION migrated()"
        )
    provision()
    after = state(example)
    assert after[0] == before[0]
    assert {target for target in after[1] if target not in before[1]} == {
        "TRIGGER migrated ON parcels",
        "FUNCTION migrated()",
    }
    with owner.begin() as connection:
        connection.exec_driver_sql("DROP FUNCTION migrated() CASCADE")
    assert state(example) == before


def test_a_table_that_nothing_declares_keeps_its_policies_for_the_processes_that_still_use_it(
    example: ServiceHarness, owner: Engine
) -> None:
    with owner.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE contracted (id int)")
        connection.exec_driver_sql("CREATE POLICY of_old ON contracted USING (true)")
    bring_in_line(owner, example.database.name, Example, QUICK)
    assert "POLICY of_old ON contracted" in state(example)[1]
    with owner.begin() as connection:
        connection.exec_driver_sql("DROP TABLE contracted")


def _in_background(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_a_table_in_use_is_tried_again_and_meanwhile_others_work_on_it(
    example: ServiceHarness, provision: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    before = state(example)
    with example.owner_connection() as connection:
        connection.exec_driver_sql("DROP TRIGGER raise_version ON parcels")
    with holding(example, "ROW EXCLUSIVE") as finish:
        provisioning = _in_background(provision)
        tries = lambda: len([r for r in caplog.records if r.message == "database_change_waits"])  # noqa: E731
        eventually(lambda: tries() >= 2, "the second try")
        add = insert(parcels).values(id=new_id(), teaching_point_id=new_id(), label="meanwhile")
        example.database.run(system_context(), lambda uow: uow.execute(add))
        assert provisioning.is_alive()
        finish()
        provisioning.join(20)
    assert state(example) == before


def test_a_migration_that_finds_a_table_in_use_is_rolled_back_and_run_again(
    example: ServiceHarness, provision: Callable[..., None], owner: Engine
) -> None:
    ran = []

    def widen(connection: Connection, service: type[Service]) -> None:
        connection.exec_driver_sql("CREATE TABLE made_first (id int)")
        ran.append(len(ran))
        connection.exec_driver_sql("ALTER TABLE parcels ADD COLUMN colour text")

    with holding(example, "ACCESS SHARE") as finish:
        provisioning = _in_background(lambda: provision(widen))
        eventually(lambda: len(ran) >= 2, "the second run of the migration")
        finish()
        provisioning.join(20)
    with owner.begin() as connection:
        assert connection.scalar(text("SELECT count(colour) FROM parcels")) == 0
        connection.exec_driver_sql("ALTER TABLE parcels DROP COLUMN colour")
        connection.exec_driver_sql("DROP TABLE made_first")


def test_a_lock_that_is_never_let_go_ends_provisioning_with_an_error(
    example: ServiceHarness, provision: Callable[..., None]
) -> None:
    with example.owner_connection() as connection:
        connection.exec_driver_sql("DROP POLICY parcels_point ON parcels")
    with holding(example, "ACCESS SHARE"), pytest.raises(DBAPIError, match="lock timeout"):
        provision(patience=replace(QUICK, attempts=2))
    provision()


def test_a_migration_that_is_wrong_is_not_tried_again(provision: Callable[..., None]) -> None:
    ran = []

    def wrong(connection: Connection, service: type[Service]) -> None:
        ran.append(1)
        connection.exec_driver_sql("ALTER TABLE nowhere ADD COLUMN colour text")

    with pytest.raises(DBAPIError, match="nowhere"):
        provision(wrong)
    assert ran == [1]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
    ],
)
def test_a_services_login_role_makes_nothing_of_its_own(example: ServiceHarness, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), example.database.unit_of_work() as uow:
        uow.connection.exec_driver_sql(statement)
    with example.database.engine.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
        connection.exec_driver_sql(statement)
