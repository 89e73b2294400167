"""The kind of an object in the audit trail is the name of its table, what it was called before notwithstanding."""

from collections.abc import Mapping

from alembic import op
from sqlalchemy import column, table, update


def upgrade(own: Mapping[str, str]) -> None:
    """Rename kinds: those that every service has, and the service's `own` (old → name of the table)."""
    entries = table("audit_entries", column("object_type"))
    for old, new in {"task": "tasks", "file": "files", **own}.items():
        op.execute(update(entries).where(entries.c.object_type == old).values(object_type=new))
