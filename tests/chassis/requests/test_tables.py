"""The table of a kind of request takes what the kind wants beside its common columns."""

from __future__ import annotations

import ast

from alembic.autogenerate import render_python_code
from alembic.operations.ops import CreateTableOp, UpgradeOps
from sqlalchemy import CheckConstraint, Column, Integer, MetaData, UniqueConstraint, Uuid
from sqlalchemy import Index as SqlIndex

from chassis.requests.tables import request_table
from chassis.work.number_templates import NumberTemplate, Serial
from tests.chassis.requests.leaves import LEAVE, leaves

NUMBER = NumberTemplate("visit", (Serial(4),), dense=False)


def test_columns_constraints_and_indexes_over_any_column_are_taken() -> None:
    table = request_table(
        "visits",
        MetaData(),
        LEAVE,
        Column("guests", Integer),
        CheckConstraint("guests > 0", name="guests"),
        SqlIndex("ix_visits_decided_by", "decided_by", "requested_at"),
        subject=Column("house_id", Uuid, nullable=False),
        number=NUMBER,
    )
    assert {"guests", "number", "decided_by", "house_id", "entered_by_name"} <= {*table.c.keys()}
    [index] = [each for each in table.indexes if each.name == "ix_visits_decided_by"]
    assert [column.name for column in index.columns] == ["decided_by", "requested_at"]
    assert "guests" in {each.name for each in table.constraints if isinstance(each, CheckConstraint)}
    assert {tuple(each.columns.keys()) for each in table.constraints if isinstance(each, UniqueConstraint)} == {
        ("number",)
    }


def test_at_most_one_request_about_a_thing_is_in_a_state_that_is_open() -> None:
    table = request_table("visits", MetaData(), LEAVE, subject=Column("house_id", Uuid, nullable=False))
    [one] = [each for each in table.indexes if each.name == "uq_visits_open"]
    assert one.unique
    assert str(one.dialect_options["postgresql"]["where"]) == "state IN ('pending', 'seen')"
    assert "number" not in table.c


def test_the_migration_that_is_written_for_a_numbered_kind_names_nothing_that_migrations_do_not_know() -> None:
    written = render_python_code(UpgradeOps([CreateTableOp.from_table(leaves)]))
    assert {
        each.id for each in ast.walk(ast.parse(f"def upgrade():\n    {written}")) if isinstance(each, ast.Name)
    } == {"op", "sa"}
