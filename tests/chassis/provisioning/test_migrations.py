"""Migrations are written from what the tables declare: the first, the next, and then nothing differs any more."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Column, Text, select, text
from sqlalchemy.exc import IntegrityError

from chassis.data.columns import leaving
from chassis.provisioning.database import migrate
from chassis.provisioning.migrations import differences, write
from tests.migrating import migrated_to

SHED = """
from sqlalchemy import Column, Table, Text

from chassis.data.columns import id_column, one_of, stamps
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.declaring.service import Service

metadata = service_metadata("shed")
tools = Table(
    "tools", metadata, id_column(), Column("state", Text, nullable=False), *stamps(), one_of("state", ("here", "lent"))
)
scope(tools, read_by_all=True)


class Shed(Service):
    name = "shed"
    metadata = metadata
"""


@pytest.fixture
def shed(tmp_path: Path) -> Iterator[ModuleType]:
    """A service with no migration yet, in a folder of its own."""
    (tmp_path / "migrations").mkdir()
    place = tmp_path / "service.py"
    place.write_text(SHED, "utf-8")
    spec = importlib.util.spec_from_file_location("shed_of_a_test", place)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_what_the_tables_declare_is_written_step_by_step_and_then_nothing_differs(
    shed: ModuleType, tmp_path: Path, postgres_admin_url: str, run_prefix: str
) -> None:
    first = write(postgres_admin_url, shed.Shed, "initial")
    shed.tools.append_column(Column("colour", Text))
    second = write(postgres_admin_url, shed.Shed, "colours of tools")
    assert [first, second] == [
        tmp_path / "migrations" / "0001_initial.py",
        tmp_path / "migrations" / "0002_colours_of_tools.py",
    ]
    assert "create_table" not in second.read_text("utf-8")
    with migrated_to(postgres_admin_url, run_prefix, shed.Shed, "head") as connection:
        with connection.begin():
            assert differences(connection, shed.Shed) == []
            shed.tools.append_column(Column("weight", Text))
            assert len(differences(connection, shed.Shed)) == 1
            # Another worker of the suite may write a migration of the same name at this moment: its process is another.
            mine = text("SELECT datname FROM pg_database WHERE datname = :scratch")
            assert connection.scalars(mine, {"scratch": f"migration_shed_{os.getpid()}"}).all() == []
        row = "INSERT INTO tools (id, state) VALUES (gen_random_uuid(), :state)"
        with connection.begin():
            connection.execute(text(row), {"state": "lent"})
        with connection.begin(), pytest.raises(IntegrityError, match="ck_tools_state"):
            connection.execute(text(row), {"state": "lost"})


def test_a_column_that_leaves_is_there_for_others_and_is_dropped_when_it_is_said_no_more(
    shed: ModuleType, tmp_path: Path, postgres_admin_url: str, run_prefix: str
) -> None:
    first = write(postgres_admin_url, shed.Shed, "initial")
    first.write_text(first.read_text("utf-8") + "    op.add_column('tools', sa.Column('colour', sa.Text()))\n", "utf-8")
    leaving(shed.tools, "colour")
    assert "colour" not in str(select(shed.tools))
    with migrated_to(postgres_admin_url, run_prefix, shed.Shed, "head") as connection, connection.begin():
        assert differences(connection, shed.Shed) == []
    leaving(shed.tools)
    second = write(postgres_admin_url, shed.Shed, "colours go").read_text("utf-8")
    assert "op.drop_column('tools', 'colour')" in second


def test_what_leaves_is_declared_no_more(shed: ModuleType) -> None:
    with pytest.raises(ValueError, match="tools declares what leaves it: state"):
        leaving(shed.tools, "state", "colour")


def test_what_one_revision_has_done_stays_and_is_let_go_when_the_next_fails(
    shed: ModuleType, tmp_path: Path, postgres_admin_url: str, run_prefix: str
) -> None:
    write(postgres_admin_url, shed.Shed, "initial")
    shed.tools.append_column(Column("colour", Text))
    second = write(postgres_admin_url, shed.Shed, "colours of tools")
    whole = second.read_text("utf-8")
    with migrated_to(postgres_admin_url, run_prefix, shed.Shed, "base") as connection:
        second.write_text(whole.replace("def upgrade() -> None:", "def upgrade() -> None:\n    1 / 0\n"), "utf-8")
        with pytest.raises(ZeroDivisionError):
            migrate(connection, shed.Shed)
        connection.rollback()
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0001"
        connection.rollback()
        second.write_text(whole, "utf-8")
        migrate(connection, shed.Shed)
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0002"
