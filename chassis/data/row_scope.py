"""Row scope kept by the database: who sees which rows is declared beside the table and enforced by PostgreSQL.

Every transaction takes on one role, `<database>_<kind>`, and names its ids in `app.scope`. Each (table, role) has at
most one simple policy, so an index that starts with the scope column serves it. A role without a policy sees nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Column, ColumnElement, Table
from sqlalchemy.sql import visitors

from chassis.base.context import SCOPE_KINDS
from chassis.data.pages import PART_OF

# Beside the tables rather than in their `info`, which migrations would repeat.
_DECLARED: WeakKeyDictionary[Table, TableScope] = WeakKeyDictionary()

_UNBOUND = ("school", "system")
"""Kinds that see every row of every business table."""


@dataclass(frozen=True, slots=True)
class TableScope:
    """How the rows of one table are limited: scope kind → the column that holds the id it is compared with."""

    columns: dict[str, str] = field(default_factory=dict)
    read_by_all: bool = False
    insert_by_all: bool = False
    system_only: bool = False
    parent: tuple[Column[object], Table] | None = None
    append_only: bool = False
    movable: str | None = None
    read_only: bool = False


def scope(
    table: Table,
    *,
    point: str | None = None,
    student: str | None = None,
    course: str | None = None,
    tutor: str | None = None,
    own: str | None = None,
    read_by_all: bool = False,
    insert_by_all: bool = False,
    system_only: bool = False,
    parent: tuple[Column[object], Table] | None = None,
    append_only: bool = False,
    movable: str | None = None,
    read_only: bool = False,
) -> Table:
    """Declare who sees which rows of `table`, and return it.

    Each kind names the column compared with the actor's ids (`own`: with the acting user's id). School and system see
    all rows unless `system_only`. `read_by_all` lets every role read, `insert_by_all` lets every role add rows.
    `parent` = (foreign key column, parent table): a row may only be written beside a parent of the same scope, since
    PostgreSQL's foreign-key checks look past row security.
    `append_only`: what is written stays, for every role; but for the column `movable`, which says where it belongs.
    `read_only`: no role writes at all; functions of the owner do.
    """
    named = {"point": point, "student": student, "course": course, "tutor": tutor, "own": own}
    columns = {kind: column for kind, column in named.items() if column is not None}
    for column in (*columns.values(), *([movable] if movable else [])):
        if column not in table.c:
            raise ValueError(f"{table.name} has no column {column}")
    _DECLARED[table] = TableScope(
        columns, read_by_all, insert_by_all, system_only, parent, append_only, movable, read_only
    )
    return table


def scope_of_another(table: Table, other: Table, renamed: Mapping[str, str]) -> Table:
    """Declare that `table` holds something of each row of `other`: whoever sees a row there sees what is of it here,
    and no role writes it. `renamed` are columns that bear another name here. Returns the table."""
    declared = table_scope(other)
    columns = {kind: renamed.get(column, column) for kind, column in declared.columns.items()}
    _DECLARED[table] = TableScope(columns, declared.read_by_all, system_only=declared.system_only, read_only=True)
    return table


def role_name(database: str, kind: str) -> str:
    """The database role of a scope kind: `jiaowu_courses_point`. Roles belong to the whole cluster, so they carry the
    name of the database: several systems can share a cluster."""
    return f"{database}_{kind}"


def owner_role(database: str) -> str:
    """The login role that owns a database and its tables: only migrations and provisioning use it."""
    return f"{database}_owner"


def app_role(database: str) -> str:
    """The login role of a service's processes. It sees nothing by itself, and takes on a scope role."""
    return f"{database}_app"


def table_scope(table: Table) -> TableScope:
    """The declaration of a table. Raises LookupError: a table without one is a mistake, not an open table."""
    try:
        return _DECLARED[table]
    except KeyError:
        raise LookupError(f"table {table.name} declares no row scope") from None


def shows(table: Table, kind: str) -> bool:
    """Whether a kind of scope sees any rows of a table at all. Tables without a declaration (those that are no
    service's) hide nothing."""
    declared = _DECLARED.get(table)
    return declared is None or declared.read_by_all or _visible_rows(kind, declared) is not None


def hidden_in(expression: ColumnElement[Any], kind: str) -> set[str]:
    """The names of the columns in an expression whose tables show nothing to a kind of scope."""
    columns = (each for each in visitors.iterate(expression) if isinstance(each, Column))
    hidden = (each for each in columns if isinstance(each.table, Table) and not shows(each.table, kind))
    return {column.info.get(PART_OF, column.name) for column in hidden}


@dataclass(frozen=True, slots=True)
class Policy:
    """One row-security policy: what `role` may do (`command`) with the rows that `using` and `check` let through."""

    table: str
    name: str
    role: str
    command: str
    using: str | None
    check: str | None

    @property
    def ddl(self) -> str:
        """The CREATE POLICY statement."""
        using = f" USING ({self.using})" if self.using else ""
        check = f" WITH CHECK ({self.check})" if self.check else ""
        return f"CREATE POLICY {self.name} ON {self.table} FOR {self.command} TO {self.role}{using}{check}"


def policies(database: str, table: Table) -> Iterator[Policy]:
    """The policies of one table, one for each role that may touch it (two where reading is wider than writing)."""
    declared = table_scope(table)
    for kind in SCOPE_KINDS:
        role = role_name(database, kind)
        rows = _visible_rows(kind, declared)
        if rows is not None:
            yield Policy(
                table.name,
                f"{table.name}_{kind}",
                role,
                "ALL",
                rows,
                _writable_rows(rows, kind, declared, table),
            )
        elif declared.read_by_all:
            yield Policy(table.name, f"{table.name}_{kind}_read", role, "SELECT", "true", None)
        if rows is None and declared.insert_by_all:
            yield Policy(table.name, f"{table.name}_{kind}_insert", role, "INSERT", None, "true")


def _visible_rows(kind: str, declared: TableScope) -> str | None:
    if kind == "system" or (kind in _UNBOUND and not declared.system_only):
        return "true"
    column = declared.columns.get(kind)
    if column is None:
        return None
    if kind == "own":
        return f"{column} = current_setting('app.actor')::uuid"
    return f"{column} = ANY (current_setting('app.scope')::uuid[])"


def _writable_rows(rows: str, kind: str, declared: TableScope, table: Table) -> str:
    column = declared.columns.get(kind)
    if declared.parent is None or column is None:
        return rows
    key, parent = declared.parent
    parent_key = next(iter(key.foreign_keys)).column
    beside = (
        f"EXISTS (SELECT 1 FROM {parent.name} p WHERE p.{parent_key.name} = {table.name}.{key.name}"
        f" AND p.{table_scope(parent).columns[kind]} = {table.name}.{column})"
    )
    return f"{rows} AND {beside}"


def rights(table: Table) -> tuple[str, ...]:
    """What the roles may do with a table at all; its policies say with which rows."""
    declared = table_scope(table)
    if declared.read_only:
        return ("SELECT",)
    if not declared.append_only:
        return ("SELECT", "INSERT", "UPDATE", "DELETE")
    return ("SELECT", "INSERT", *([f"UPDATE ({declared.movable})"] if declared.movable else []))
