"""Rows have the number of their group (`chassis.data.groups`), those that are there already too.

The triggers come first, so that nothing is written without a number any more; then old rows get theirs, batch by batch,
each a transaction of its own. What a killed run has done stays. Nobody is told of these rows: no view shows the number.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from chassis.data.groups import Grouping, functions_of, triggers_of
from chassis.data.triggers import UNNOTED
from chassis.messages.state_notes import NOTE_WRITTEN

BATCH = 500
"""Rows that one transaction numbers, with all their members."""


def upgrade(
    table: str, groups: str, by: Mapping[str, sa.types.TypeEngine[str]], key: str, members: Mapping[str, str]
) -> None:
    """Make the groups of `table` by the columns `by` of these types, and number its rows and those of its members:
    table → the column with the row's id."""
    of = sa.MetaData()
    kept_in = {sa.Table(name, of): column for name, column in members.items()}
    grouping = Grouping(sa.Table(table, of), sa.Table(groups, of), tuple(by), key, kept_in)
    migrating = op.get_bind()
    if not sa.inspect(migrating).has_table(groups):
        _make(grouping, by)
    lock_timeout = migrating.exec_driver_sql("SHOW lock_timeout").scalar_one()
    with op.get_context().autocommit_block(), migrating.engine.connect() as connection:
        connection.execute(sa.select(sa.func.set_config("lock_timeout", lock_timeout, False)))
        connection.commit()
        _number(connection, grouping)


def _make(grouping: Grouping, by: Mapping[str, sa.types.TypeEngine[str]]) -> None:
    name = grouping.groups.name
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        *(sa.Column(column, kind, nullable=False) for column, kind in by.items()),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint(*by, name=f"uq_{name}"),
    )
    op.execute(NOTE_WRITTEN.statement)
    for table in (grouping.table, *grouping.members):
        op.add_column(table.name, sa.Column(grouping.key, sa.Integer(), nullable=False, server_default=sa.text("0")))
        _leave_version(table.name, grouping.key)
    for function in functions_of(grouping):
        op.execute(function.statement)
    for trigger in triggers_of(grouping):
        op.execute(f"CREATE TRIGGER {trigger.name} {trigger.definition}")


def _leave_version(table: str, key: str) -> None:
    """A row that gets its number is no newer version of itself."""
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
    if "updated_at" not in columns:
        return
    others = ", ".join(column for column in columns if column != key)
    op.execute(f"DROP TRIGGER IF EXISTS raise_version ON {table}")
    raised = f"BEFORE UPDATE OF {others} ON {table} FOR EACH ROW EXECUTE FUNCTION raise_version()"
    op.execute(
        f"DO $$ BEGIN IF to_regproc('raise_version') IS NOT NULL THEN"
        f" CREATE TRIGGER raise_version {raised}; END IF; END $$"
    )


def _number(connection: sa.Connection, grouping: Grouping) -> None:
    table, key = grouping.table.name, grouping.key
    batch = sa.text(
        f"WITH batch AS (SELECT id FROM {table} WHERE id > :after AND {key} = 0 ORDER BY id LIMIT :most FOR UPDATE),"
        f" numbered AS (UPDATE {table} t SET {key} = 0 FROM batch WHERE t.id = batch.id)"
        " SELECT id FROM batch ORDER BY id DESC LIMIT 1"
    )
    after: UUID | None = UUID(int=0)
    while after is not None:
        connection.execute(sa.select(sa.func.set_config(UNNOTED, "yes", True)))
        after = connection.scalar(batch, {"after": after, "most": BATCH})
        connection.commit()
