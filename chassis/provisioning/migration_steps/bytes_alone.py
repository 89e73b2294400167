"""Parked messages are kept as the bytes that they were, and in no second form: nobody writes that any more.

The column is empty, and stays for processes of the version before, which empty it with the others. Nobody waits: what
is parked is found by its index.
"""

from alembic import op


def upgrade() -> None:
    """Empty the older form, and let go of what made bytes of it."""
    op.execute("UPDATE inbox SET envelope = NULL WHERE state <> 'handled' AND envelope IS NOT NULL")
    op.execute("DROP TRIGGER envelope_as_bytes ON inbox")
    op.execute("DROP FUNCTION envelope_as_bytes()")
