"""Columns in which nothing is missing are NOT NULL from now on, without anybody's waiting while all rows are read."""

from alembic import op


def upgrade(table: str, *columns: str) -> None:
    """Make columns of a table NOT NULL. Where a row lacks one, the revision fails and everybody goes on: what writes
    rows without it has to be gone before.

    It commits the revision so far, which has to bear being run again: a row in use for long makes all of it begin anew.
    """
    known = f"{columns[0]}_never_empty"
    filled = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {known}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {known} CHECK ({filled}) NOT VALID")
    with op.get_context().autocommit_block():
        # It holds up who alters the table, not who reads or writes it.
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {known}")
    for column in columns:
        op.alter_column(table, column, nullable=False)
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {known}")
