"""Texts that are found by any part: indexes of three characters each."""

from collections.abc import Mapping

from alembic import op


def upgrade(indexes: Mapping[str, tuple[str, str]]) -> None:
    """Make the indexes: name → table and column. The extension is one that the owner of a database may make."""
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for name, (table, column) in indexes.items():
        op.create_index(
            name,
            table,
            [column],
            postgresql_using="gin",
            postgresql_ops={column: "gin_trgm_ops"},
            postgresql_with={"fastupdate": "off"},
        )
