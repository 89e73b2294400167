"""The table of a kind of request: its common columns, one open request about a thing, and what lists are read by."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, MetaData, String, Table, Text, UniqueConstraint, Uuid, text

from chassis.data.columns import id_column, instant, stamps
from chassis.requests.kinds import NUMBERED_BY
from chassis.work.number_templates import NumberTemplate
from chassis.work.numbers import number_column
from chassis.work.workflow import Workflow

MAX_REASON = 500
"""Characters."""


def one_open(table: str, flow: Workflow, subject: str) -> Index:
    """Of the requests of a table about one subject (a column) at most one is in a state that is open."""
    undecided = ", ".join(f"'{state}'" for state in flow.open)
    return Index(f"uq_{table}_open", subject, unique=True, postgresql_where=text(f"{flow.column} IN ({undecided})"))


def request_table(
    name: str,
    metadata: MetaData,
    flow: Workflow,
    *columns: Column[Any] | CheckConstraint | UniqueConstraint | Index,
    subject: Column[Any],
    number: NumberTemplate | None = None,
) -> Table:
    """A table of requests about `subject` (a foreign key), each with the teaching point that looks after it.

    Of the requests about one thing at most one is in a state that is open. By `number` each has one that people read.
    Its row scope is the caller's to declare.
    """
    columns = (*number_column(), *columns) if number is not None else columns
    listed = ", ".join(f"'{state}'" for state in flow.states)
    table = Table(
        name,
        metadata,
        id_column(),
        subject,
        Column("teaching_point_id", Uuid),
        *(each for each in columns if isinstance(each, Column)),
        Column(flow.column, Text, nullable=False),
        Column("reason", String(MAX_REASON), nullable=False),
        Column("entered_by", Uuid),
        Column("entered_by_name", Text, nullable=False),
        Column("decided_by", Uuid),
        instant("requested_at"),
        *stamps(),
        CheckConstraint(f"{flow.column} IN ({listed})", name=flow.column),
        one_open(name, flow, subject.name),
        Index(f"ix_{name}_{subject.name}", subject.name, "id"),
        Index(f"ix_{name}_of_point", "teaching_point_id", flow.column, "requested_at", "id"),
        Index(f"ix_{name}_of_school", flow.column, "requested_at", "id"),
        *(each for each in columns if not isinstance(each, Column)),  # they may name any column
    )
    if number is not None:
        NUMBERED_BY[table] = number
    return table
