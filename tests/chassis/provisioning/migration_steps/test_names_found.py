"""People from before get their grams block by block, while others go on writing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, create_engine, text

from chassis.provisioning.database import Patience, bring_in_line
from chassis.provisioning.migration_steps import names_found
from chassis.testing.harness import PASSWORDS, ServiceHarness
from tests.chassis.choir import Choir
from tests.chassis.data.test_name_search import enter, kept, needed
from tests.chassis.example import build
from tests.chassis.provisioning.catalogue import catalogue_faults
from tests.harnesses import harnesses

NAMES = ("张三", "李四光", "\uf9e1五", "O’Neil", "赵六")


@pytest.fixture
def before(postgres_admin_url: str, run_prefix: str, monkeypatch: Any) -> Iterator[ServiceHarness]:
    """A service as it was before there were grams, with people, two of whom are a block."""
    monkeypatch.setattr(names_found, "BATCH", 2)
    with harnesses(postgres_admin_url, f"{run_prefix}n", build=build) as fresh:
        choir = fresh(Choir)
        with choir.owner_connection() as connection:
            connection.exec_driver_sql(
                "DROP TABLE singer_grams; DROP INDEX ix_singers_number_begins;"
                "DROP TRIGGER keep_singer_grams_insert ON singers; DROP TRIGGER keep_singer_grams_update ON singers;"
                "DROP TRIGGER keep_singer_grams_delete ON singers; DROP FUNCTION keep_singer_grams, name_grams"
            )
        enter(choir, *NAMES)
        yield choir


def step() -> None:
    names_found.upgrade("singers", name="name", scoped={"teaching_point_id": True}, numbers={"singers": "number"})


def migrate(choir: ServiceHarness) -> None:
    """As provisioning does: the step in alembic's own transaction, then what is declared."""
    name = choir.database.name
    engine = create_engine(choir.admin_url.set(username=f"{name}_owner", password=PASSWORDS.owner))
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection)
            with context.begin_transaction(), Operations.context(context):
                step()
            connection.commit()
        bring_in_line(engine, name, Choir, Patience())
    finally:
        engine.dispose()


def test_people_of_before_have_grams_and_those_who_come_after_too(before: ServiceHarness) -> None:
    migrate(before)
    enter(before, "后来", "\uf9e1五")
    assert kept(before) == needed(before)
    assert catalogue_faults(before) == []
    with before.owner_connection() as connection:
        indexes = connection.execute(text("SELECT indexname FROM pg_indexes WHERE tablename = 'singers'")).scalars()
        assert "ix_singers_number_begins" in set(indexes)


def test_what_a_killed_run_has_done_stays_and_the_next_goes_on(before: ServiceHarness, monkeypatch: Any) -> None:
    kill_before_the_first_block(before, monkeypatch)
    enter(before, "中间来")
    assert {gram for gram, *_ in kept(before)} >= {"中间来"}
    migrate(before)
    assert kept(before) == needed(before)
    with before.owner_connection() as connection:
        locks = text("SELECT count(*) FROM singers WHERE xmax <> 0")
        connection.exec_driver_sql("UPDATE singers SET voice = 'bass'")  # whose rows nobody has held since
        migrate(before)
        assert connection.scalar(locks) == 0, "rows are held again that have their grams"
    assert kept(before) == needed(before)


def kill_before_the_first_block(before: ServiceHarness, monkeypatch: Any) -> None:
    """From here on the triggers stand."""

    def killed(*arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(names_found, "_fill", killed)
        with pytest.raises(KeyboardInterrupt):
            migrate(before)


@pytest.mark.parametrize(
    "change",
    ["UPDATE singers SET name = '改名' WHERE name = '赵六'", "DELETE FROM singers WHERE name = '赵六'"],
    ids=["another name", "gone"],
)
def test_who_changes_while_their_block_is_filled_has_the_grams_of_afterwards(
    before: ServiceHarness, monkeypatch: Any, change: str
) -> None:
    kill_before_the_first_block(before, monkeypatch)
    filling = threading.Thread(target=migrate, args=(before,))
    writer = create_engine(before.admin_url)
    try:
        with writer.connect() as connection, connection.begin():
            connection.execute(text(change))
            filling.start()
            wait_until_somebody_waits(connection)
        filling.join(timeout=30)
    finally:
        writer.dispose()
    assert not filling.is_alive()
    assert kept(before) == needed(before)
    assert "赵六" not in {gram for gram, *_ in kept(before)}


def wait_until_somebody_waits(connection: Connection) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
    until = time.monotonic() + 30
    while not connection.scalar(waiting):
        assert time.monotonic() < until, "nobody waits for the row"
        threading.Event().wait(0.01)
