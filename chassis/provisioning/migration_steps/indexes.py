"""Indexes are made and dropped while everybody reads and writes. It comes last in a revision, which it commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import sqlalchemy as sa
from alembic import op

_IS_WHOLE = sa.text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")


def upgrade(
    made: Mapping[str, tuple[str, Sequence[str]]],
    dropped: Sequence[str] = (),
    only: Mapping[str, str] = MappingProxyType({}),
    unique: Collection[str] = (),
) -> None:
    """Make indexes, name → table and columns, then drop those of these names. What a killed run left half made is made
    anew. `only`: name → which rows it has, where these are not all; `unique`: names of those that are."""
    migrating = op.get_bind()
    with op.get_context().autocommit_block(), migrating.engine.connect() as session:
        connection = session.execution_options(isolation_level="AUTOCOMMIT")
        # It waits for whoever reads or writes now, and nobody for it.
        connection.execute(sa.select(sa.func.set_config("lock_timeout", "0", False)))
        for name, (table, columns) in made.items():
            whole = connection.scalar(_IS_WHOLE, {"name": name})
            if whole is False:
                connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY {name}")
            if not whole:
                kind = "UNIQUE INDEX" if name in unique else "INDEX"
                rows = f" WHERE {only[name]}" if name in only else ""
                made_of = f"{table} ({', '.join(columns)}){rows}"
                connection.exec_driver_sql(f"CREATE {kind} CONCURRENTLY {name} ON {made_of}")
        for name in dropped:
            connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
