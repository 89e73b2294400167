"""Indexes and foreign keys of the tables that a selection writes are those of docs/indexes.md, each with its use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Table, UniqueConstraint

from chassis.declaring.service import load
from tests.performance.writes_bench import HOT, Hot

PAGE = Path(__file__).resolve().parents[2] / "docs" / "indexes.md"
_ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \|[^|]*\|$")


def said(service: str, table: str) -> dict[str, str]:
    """What the page says of a table: name → what it is for."""
    _, heading, rest = PAGE.read_text("utf-8").partition(f"### `{service}.{table}`")
    assert heading, f"docs/indexes.md says nothing of {service}.{table}"
    rows = (_ROW.match(line) for line in rest.partition("###")[0].splitlines())
    return {row[1]: row[2] for row in rows if row}


def names(table: Table) -> set[str]:
    """Of its indexes, of what makes one (`UNIQUE`), and of its foreign keys; not of the primary key."""
    unique = {c.name for c in table.constraints if isinstance(c, UniqueConstraint)}
    found = {index.name for index in table.indexes} | unique | {key.name for key in table.foreign_key_constraints}
    return {str(name) for name in found}


@pytest.mark.parametrize("hot", HOT, ids=lambda hot: f"{hot.service}.{hot.table}")
def test_each_index_and_foreign_key_of_a_table_that_selections_write_has_a_use(hot: Hot) -> None:
    declared = load(f"services.{hot.service}.service").metadata.tables[hot.table]
    uses = said(hot.service, hot.table)
    assert set(uses) == names(declared)
    assert all(len(use) > 10 for use in uses.values())
