"""Groups of rows that are alike: what few combinations of a table's columns there are, each with a number.

    students = Table("students", metadata, id_column(), …, group_column("cohort_id"))
    cohorts = grouped(students, "cohorts", ("intake", "level", "major_code"), key="cohort_id")
    in_group(bills, cohorts, by="student_id")

A million students are some thousand cohorts. With the cohort's number in the row, also in the rows of other tables that
belong to a student, one index on (teaching point, cohort, instant) answers every combination of the columns in order
(`chassis.data.lists`). The database keeps the numbers itself, whoever writes: a command, a copy's state, the version
before. Zero is the group of what is not known yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Column, Identity, Integer, MetaData, Table, UniqueConstraint, text

from chassis.data.row_scope import scope
from chassis.data.triggers import UNNOTED, Function, Trigger, unversioned


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups of `table` by the columns `by`, whose number is in the column `key`; `members` are tables that keep
    their row's group: table → the column that holds the row's id."""

    table: Table
    groups: Table
    by: tuple[str, ...]
    key: str
    members: dict[Table, str] = field(default_factory=dict)


# Beside the tables rather than in their `info`, which migrations would repeat.
_GROUPINGS: WeakKeyDictionary[Table, Grouping] = WeakKeyDictionary()
_GROUPED: WeakKeyDictionary[Table, Grouping] = WeakKeyDictionary()


def group_column(name: str) -> Column[Any]:
    """The number of a row's group, as `cohort_id`; zero while it is not known."""
    return Column(name, Integer, nullable=False, server_default=text("0"))


def grouped(table: Table, name: str, by: Sequence[str], *, key: str) -> Table:
    """Number the combinations of some columns of a table, none of which may be empty: the table `name`, read by
    everybody. Their number is in the table's column `key`."""
    groups = Table(
        name,
        table.metadata,
        Column("id", Integer, Identity(), primary_key=True),
        *(Column(column, table.c[column].type, nullable=False) for column in by),
        UniqueConstraint(*by, name=f"uq_{name}"),
    )
    scope(groups, read_by_all=True, read_only=True)
    grouping = Grouping(table, groups, tuple(by), key)
    _GROUPINGS[groups] = grouping
    _keep_key(table, grouping)
    return groups


def in_group(table: Table, groups: Table, *, by: str) -> None:
    """Keep in each row the group of that row of the grouped table whose id the column `by` holds."""
    grouping = _GROUPINGS[groups]
    grouping.members[table] = by
    _keep_key(table, grouping)


def grouping_of(table: Table) -> Grouping | None:
    """The groups that a table's rows have."""
    return _GROUPED.get(table)


def _keep_key(table: Table, grouping: Grouping) -> None:
    unversioned(table, grouping.key)  # raises where the table has no such column
    _GROUPED[table] = grouping


def group_functions(metadata: MetaData) -> Iterator[Function]:
    """What the triggers of a service's groups call."""
    for grouping in _groupings(metadata):
        yield from functions_of(grouping)


def group_triggers(metadata: MetaData) -> Iterator[Trigger]:
    """The triggers of a service's groups."""
    for grouping in _groupings(metadata):
        yield from triggers_of(grouping)


def functions_of(grouping: Grouping) -> Iterator[Function]:
    """What the triggers call. They are the owner's: nobody else writes groups, and every member is kept."""
    yield Function(f"{_numbering(grouping)}()", _number(grouping))
    for member, by in grouping.members.items():
        yield Function(f"{_taking(member)}()", _take(grouping, member, by))
        yield Function(f"{_passing(member)}()", _pass_on(grouping, member, by))


def triggers_of(grouping: Grouping) -> Iterator[Trigger]:
    """A grouped row has its number as it is written; its members have it when they are, and when it changes."""
    table, columns = grouping.table.name, ", ".join((*grouping.by, grouping.key))
    written = f"BEFORE INSERT OR UPDATE OF {columns} ON {table} FOR EACH ROW"
    yield Trigger(table, "number_group", f"{written} EXECUTE FUNCTION {_numbering(grouping)}()")
    for member in grouping.members:
        new = f"BEFORE INSERT ON {member.name} FOR EACH ROW WHEN (NEW.{grouping.key} = 0)"
        yield Trigger(member.name, "take_group", f"{new} EXECUTE FUNCTION {_taking(member)}()")
        call = f"FOR EACH STATEMENT EXECUTE FUNCTION {_passing(member)}()"
        came = f"AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows {call}"
        yield Trigger(table, f"pass_group_to_{member.name}_insert", came)
        changed = f"AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows {call}"
        yield Trigger(table, f"pass_group_to_{member.name}_update", changed)


def _groupings(metadata: MetaData) -> Iterator[Grouping]:
    for table in metadata.sorted_tables:
        if table in _GROUPINGS:
            yield _GROUPINGS[table]


def _numbering(grouping: Grouping) -> str:
    return f"number_{grouping.groups.name}"


def _taking(member: Table) -> str:
    return f"take_group_of_{member.name}"


def _passing(member: Table) -> str:
    return f"pass_group_to_{member.name}"


_AS_OWNER = "RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"


def _number(grouping: Grouping) -> str:
    groups, by = grouping.groups.name, grouping.by
    its = " AND ".join(f"{column} = NEW.{column}" for column in by)
    # Whoever makes the same group at the same time waits for the first, and finds its number.
    return f"""
CREATE OR REPLACE FUNCTION {_numbering(grouping)}() {_AS_OWNER} AS $$
DECLARE number integer;
BEGIN
    LOOP
        SELECT id INTO number FROM {groups} WHERE {its};
        EXIT WHEN FOUND;
        INSERT INTO {groups} ({", ".join(by)}) VALUES ({", ".join(f"NEW.{column}" for column in by)})
        ON CONFLICT DO NOTHING RETURNING id INTO number;
        EXIT WHEN FOUND;
    END LOOP;
    NEW.{grouping.key} := number;
    RETURN NEW;
END $$
"""


def _take(grouping: Grouping, member: Table, by: str) -> str:
    # The lock keeps the number as it is until this row is seen by who changes it.
    return f"""
CREATE OR REPLACE FUNCTION {_taking(member)}() {_AS_OWNER} AS $$
DECLARE number integer;
BEGIN
    SELECT {grouping.key} INTO number FROM {grouping.table.name} WHERE id = NEW.{by} FOR SHARE;
    NEW.{grouping.key} := coalesce(number, 0);
    RETURN NEW;
END $$
"""


def _pass_on(grouping: Grouping, member: Table, by: str) -> str:
    # An update that changes no number looks up no member. Nobody is told of it: no view shows the number.
    key = grouping.key
    to_members = (
        f"UPDATE {member.name} SET {key} = theirs.{key} FROM {{rows}}"
        f" WHERE {member.name}.{by} = theirs.id AND {member.name}.{key} <> theirs.{key};"
    )
    changed = (
        f"(SELECT id, n.{key} FROM new_rows n JOIN old_rows o USING (id) WHERE n.{key} <> o.{key} ORDER BY id) theirs"
    )
    return f"""
CREATE OR REPLACE FUNCTION {_passing(member)}() {_AS_OWNER} AS $$
DECLARE before text := coalesce(current_setting('{UNNOTED}', true), '');
BEGIN
    PERFORM set_config('{UNNOTED}', 'yes', true);
    IF TG_OP = 'INSERT' THEN
        {to_members.format(rows="new_rows theirs")}
    ELSE
        {to_members.format(rows=changed)}
    END IF;
    PERFORM set_config('{UNNOTED}', before, true);
    RETURN NULL;
END $$
"""
