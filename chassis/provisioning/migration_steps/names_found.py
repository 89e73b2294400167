"""People are found by any part of their names, and by the beginnings of their numbers (`chassis.data.name_search`).

The triggers come first, in one transaction with the table of grams: a lock of milliseconds, after which whatever is
written has its grams, also by processes of the version before. The indexes that this replaces go in the same one: from
then on the version before searches by reading all rows.

Then the rows that were there get their grams, block by block in the order of their ids. A block holds its rows as they
are until its grams are in: a name that changes meanwhile waits for a moment, and is never entered as it was. What a
run has done before it was killed, or found a row in use for too long, stays: the next passes over it. 300,000 people
took 67 s on a machine with much other work, in which writers waited 0.3 s at most but for one in a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from chassis.data.name_search import (
    NAME_GRAMS,
    adding,
    grams_name,
    grams_table,
    keeping_function,
    keeping_triggers,
    person_column,
)
from chassis.data.tables import NAMING
from chassis.provisioning.migration_steps import indexes

BATCH = 1_000
"""People whose grams one transaction makes."""


def upgrade(
    people: str, *, name: str, scoped: Mapping[str, bool], numbers: Mapping[str, str], replaced: Sequence[str] = ()
) -> None:
    """Make and fill the grams of a table's names. `scoped` are the columns that its row scope compares, and whether
    they can be empty; `numbers` the tables whose numbers are found by their beginnings, with the column; `replaced` the
    indexes of the people that go."""
    migrating = op.get_bind()
    if not sa.inspect(migrating).has_table(grams_name(people)):
        for index in replaced:  # first: what needs more of a lock than what follows
            op.drop_index(index, people)
        _make(people, name, scoped)
    lock_timeout = migrating.exec_driver_sql("SHOW lock_timeout").scalar_one()
    with op.get_context().autocommit_block(), migrating.engine.connect() as connection:
        connection.execute(sa.select(sa.func.set_config("lock_timeout", lock_timeout, False)))
        connection.commit()
        _fill(connection, people, name, tuple(scoped))
        connection.exec_driver_sql(f"ANALYZE {grams_name(people)}")
        connection.commit()
    indexes.upgrade(
        {f"ix_{table}_{column}_begins": (table, (f'{column} COLLATE "C"',)) for table, column in numbers.items()}
    )


def _make(people: str, name: str, scoped: Mapping[str, bool]) -> None:
    grams_table(sa.MetaData(naming_convention=NAMING), people, scoped).create(op.get_bind())
    for function in (NAME_GRAMS, keeping_function(people, name, tuple(scoped))):
        _run(op.get_bind(), function.statement)
    for trigger in keeping_triggers(people):
        _run(op.get_bind(), f"CREATE TRIGGER {trigger.name} {trigger.definition}")


def _fill(connection: sa.Connection, people: str, name: str, scoped: tuple[str, ...]) -> None:
    grams, person, columns = grams_name(people), person_column(people), ", ".join(("id", *scoped, name))
    block = f"SELECT {columns} FROM {people} WHERE id > :after ORDER BY id LIMIT {BATCH} FOR SHARE"
    added = adding(grams, person, "SELECT * FROM block", name, scoped)
    fill = sa.text(
        f"WITH block AS MATERIALIZED ({block}), added AS ({added} RETURNING 1)"
        " SELECT id FROM block ORDER BY id DESC LIMIT 1"
    )
    after = _last_before(connection, people)
    while after is not None:
        after = connection.scalar(fill, {"after": after})
        connection.commit()


def _last_before(connection: sa.Connection, people: str) -> UUID | None:
    """Behind which id somebody may be without grams; None where nobody is. (There is no min(uuid).)"""
    has_some = f"EXISTS (SELECT FROM {grams_name(people)} g WHERE g.{person_column(people)} = p.id)"
    first = connection.scalar(sa.text(f"SELECT min(id::text) FROM {people} p WHERE NOT {has_some}"))
    return None if first is None else UUID(int=max(UUID(first).int - 1, 0))


def _run(connection: sa.Connection, statement: str) -> None:
    connection.exec_driver_sql(statement.replace("%", "%%"))
