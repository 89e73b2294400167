"""What is required from now on is known to be there before anybody has to wait for it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from chassis.provisioning.migration_steps import never_empty
from tests.migrating import own_database

CONSTRAINTS = text("SELECT conname FROM pg_constraint WHERE conrelid = 'shelves'::regclass AND contype = 'c'")
REQUIRED = text("SELECT attname FROM pg_attribute WHERE attrelid = 'shelves'::regclass AND attnum > 0 AND attnotnull")


@pytest.fixture
def shelves(postgres_admin_url: str, run_prefix: str) -> Iterator[Connection]:
    """A database with shelves, none of which is without a room and a floor."""
    with own_database(postgres_admin_url, f"{run_prefix}_never_empty") as connection:
        connection.exec_driver_sql("CREATE TABLE shelves (room text, floor int, note text)")
        connection.exec_driver_sql("INSERT INTO shelves (room, floor) SELECT 'east', n FROM generate_series(1, 9) n")
        connection.commit()
        yield connection


def upgrade(connection: Connection) -> None:
    """As a revision does."""
    context = MigrationContext.configure(connection)
    with context.begin_transaction(), Operations.context(context):
        never_empty.upgrade("shelves", "room", "floor")
    connection.commit()


def test_columns_are_required_without_the_rows_being_read_again(
    shelves: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sqlalchemy.dialects.postgresql")
    shelves.exec_driver_sql("SET client_min_messages = debug1")
    shelves.commit()
    upgrade(shelves)
    assert (shelves.scalars(REQUIRED).all(), shelves.scalars(CONSTRAINTS).all()) == (["room", "floor"], [])
    for column in ("room", "floor"):
        assert f'existing constraints on column "shelves.{column}" are sufficient' in caplog.text


def test_where_something_is_missing_it_is_said_and_can_be_done_again_when_it_is_there(shelves: Connection) -> None:
    shelves.exec_driver_sql("INSERT INTO shelves (room) VALUES ('west')")
    shelves.commit()
    with pytest.raises(IntegrityError, match="room_never_empty"):
        upgrade(shelves)
    shelves.rollback()
    assert shelves.scalars(REQUIRED).all() == []
    shelves.exec_driver_sql("UPDATE shelves SET floor = 1 WHERE floor IS NULL")
    shelves.commit()
    upgrade(shelves)
    assert shelves.scalars(REQUIRED).all() == ["room", "floor"]


def test_nothing_can_be_left_out_while_the_rows_are_looked_through(shelves: Connection) -> None:
    """What is written meanwhile is held to it already."""
    shelves.exec_driver_sql("INSERT INTO shelves (room) VALUES ('west')")
    shelves.commit()
    with pytest.raises(IntegrityError):
        upgrade(shelves)
    shelves.rollback()
    with pytest.raises(IntegrityError, match="room_never_empty"):
        shelves.exec_driver_sql("INSERT INTO shelves (room) VALUES ('north')")
