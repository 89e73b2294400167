"""What may stand in a table changes, without anybody's waiting while all rows are read."""

from collections.abc import Mapping

from alembic import op


def upgrade(table: str, checks: Mapping[str, str]) -> None:
    """Put CHECK constraints, name → condition, in the place of those that had these names. Where a row is against one,
    the revision fails and everybody goes on: what writes is held to it already, so the rows are to be put right.

    It commits the revision so far, which has to bear being run again: a row in use for long makes all of it begin anew.
    """
    for name, condition in checks.items():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID")
    with op.get_context().autocommit_block():
        for name in checks:
            # It holds up who alters the table, not who reads or writes it.
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
