"""From now on a message is believed from its owner alone. What the version before last parked names no sender and could
never be tried again: it has to be settled first, by a version that still tries it."""

from alembic import op


def upgrade() -> None:
    """Refuse to go on while such rows are left."""
    op.execute(_CHECK)


_CHECK = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM inbox WHERE state IN ('waiting', 'dead') AND sender IS NULL) THEN
        RAISE EXCEPTION 'parked events name no sender: let the version before settle them, then upgrade'
            USING HINT = './jiaowu dead list --waiting shows them';
    END IF;
END $$
"""
