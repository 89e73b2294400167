"""The table of a kind of request: its common columns, one open request about a thing, and what lists are read by."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, MetaData, String, Table, Text, UniqueConstraint, Uuid

from chassis.data.columns import id_column, instant, stamps
from chassis.work.workflow import Workflow

MAX_REASON = 500
"""Characters."""


def request_table(
    name: str,
    metadata: MetaData,
    flow: Workflow,
    *columns: Column[Any] | CheckConstraint | UniqueConstraint | Index,
    subject: Column[Any],
    open_states: Collection[str],
) -> Table:
    """A table of requests about `subject`, each with the teaching point that looks after it.

    Of the requests about one thing at most one is in one of `open_states`. Its row scope is the caller's to declare.
    """
    listed = ", ".join(f"'{state}'" for state in flow.states)
    undecided = ", ".join(f"'{state}'" for state in open_states)
    return Table(
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
        instant("requested_at"),
        *stamps(),
        CheckConstraint(f"{flow.column} IN ({listed})", name=flow.column),
        Index(f"uq_{name}_open", subject.name, unique=True, postgresql_where=f"{flow.column} IN ({undecided})"),
        Index(f"ix_{name}_{subject.name}", subject.name, "id"),
        Index(f"ix_{name}_teaching_point_id", "teaching_point_id", "requested_at"),
        Index(f"ix_{name}_{flow.column}", flow.column, "requested_at"),
        *(each for each in columns if not isinstance(each, Column)),  # they may name any column
    )
