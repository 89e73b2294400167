"""What may stand in a table is another thing from now on, and nobody waits while its rows are looked through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import IntegrityError

from chassis.provisioning.migration_steps import checks
from tests.migrating import own_database

KNOWN = text(
    "SELECT conname || ' ' || convalidated::text FROM pg_constraint"
    " WHERE conrelid = 'shelves'::regclass ORDER BY conname"
)
HELD = "SELECT mode FROM pg_locks WHERE relation = 'shelves'::regclass AND pid = pg_backend_pid()"
FLOORS = {"ck_shelves_floor": "floor BETWEEN 0 AND 9", "ck_shelves_room": "room <> ''"}


@pytest.fixture
def shelves(postgres_admin_url: str, run_prefix: str) -> Iterator[Connection]:
    """A database with shelves on the floors up to the third."""
    with own_database(postgres_admin_url, f"{run_prefix}_checks") as connection:
        connection.exec_driver_sql(
            "CREATE TABLE shelves (room text, floor int, CONSTRAINT ck_shelves_floor CHECK (floor < 4))"
        )
        connection.exec_driver_sql("INSERT INTO shelves (room, floor) SELECT 'east', n FROM generate_series(1, 3) n")
        connection.commit()
        yield connection


def upgrade(connection: Connection) -> None:
    """As a revision does."""
    connection.commit()
    context = MigrationContext.configure(connection)
    with context.begin_transaction(), Operations.context(context):
        checks.upgrade("shelves", FLOORS)
    connection.commit()


def test_the_new_condition_is_in_the_place_of_the_old_one_and_once_more_changes_nothing(shelves: Connection) -> None:
    for _ in range(2):
        upgrade(shelves)
        assert shelves.scalars(KNOWN).all() == ["ck_shelves_floor true", "ck_shelves_room true"]
    shelves.exec_driver_sql("INSERT INTO shelves (room, floor) VALUES ('east', 9)")


def test_rows_are_looked_through_when_the_table_is_everybodys_again(shelves: Connection) -> None:
    held: list[Any] = []

    @event.listens_for(shelves, "before_cursor_execute")
    def look(connection: Connection, cursor: object, statement: str, *rest: object) -> None:
        if "VALIDATE" in statement:
            own = connection.connection.cursor()
            own.execute(HELD)
            held.append(own.fetchall())

    upgrade(shelves)
    assert held == [[], []]


def test_where_a_row_is_against_it_that_is_said_and_nothing_of_the_kind_is_written_meanwhile(
    shelves: Connection,
) -> None:
    shelves.exec_driver_sql("INSERT INTO shelves (room, floor) VALUES ('east', -1)")
    shelves.commit()
    with pytest.raises(IntegrityError, match="ck_shelves_floor"):
        upgrade(shelves)
    shelves.rollback()
    with pytest.raises(IntegrityError, match="ck_shelves_floor"):
        shelves.exec_driver_sql("INSERT INTO shelves (room, floor) VALUES ('east', -2)")
    shelves.rollback()
    shelves.exec_driver_sql("UPDATE shelves SET floor = 0 WHERE floor < 0")
    shelves.commit()
    upgrade(shelves)
    assert shelves.scalars(KNOWN).all() == ["ck_shelves_floor true", "ck_shelves_room true"]
