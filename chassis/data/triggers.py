"""Triggers and functions that a service's database has because its tables and declarations say so.

Provisioning makes, changes and drops them (`chassis.provisioning.declared` names them all). Triggers that only a
migration makes, such as the ledger's, are its own business and left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import MetaData, Table


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger of one table. `definition` is all that follows its name in CREATE TRIGGER:
    `BEFORE UPDATE ON parcels FOR EACH ROW EXECUTE FUNCTION raise_version()`."""

    table: str
    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the owner role. `signature` is its name with its arguments' types, as PostgreSQL writes them;
    `statement` the CREATE OR REPLACE FUNCTION. Nobody but the owner may call it, and the roles of the kinds of scope
    among `callers`; a trigger needs no right to run its function."""

    signature: str
    statement: str
    callers: tuple[str, ...] = ()


# A version that rises in the database rises in every UPDATE, also in bulk ones and in those that somebody forgot.
RAISE_VERSION = Function(
    "raise_version()",
    """
CREATE OR REPLACE FUNCTION raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := now();
    RETURN NEW;
END $$
""",
)


UNNOTED = "app.unnoted"
"""The setting under which nobody is told of updates: of columns that no view shows (`chassis.messages.state_notes`)."""

# Beside the tables rather than in their `info`, which migrations would repeat.
_UNVERSIONED: WeakKeyDictionary[Table, frozenset[str]] = WeakKeyDictionary()


def unversioned(table: Table, *columns: str) -> None:
    """Declare columns that nobody edits: an UPDATE of nothing else leaves the version as it is."""
    if unknown := set(columns) - set(table.c.keys()):
        raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    _UNVERSIONED[table] = _UNVERSIONED.get(table, frozenset()) | frozenset(columns)


def version_triggers(metadata: MetaData) -> Iterator[Trigger]:
    """One for each table with `version` and `updated_at`."""
    for table in metadata.sorted_tables:
        if "version" in table.c and "updated_at" in table.c:
            versioned = [column.name for column in table.c if column.name not in _UNVERSIONED.get(table, ())]
            of = f" OF {', '.join(versioned)}" if table in _UNVERSIONED else ""
            definition = f"BEFORE UPDATE{of} ON {table.name} FOR EACH ROW EXECUTE FUNCTION raise_version()"
            yield Trigger(table.name, "raise_version", definition)
