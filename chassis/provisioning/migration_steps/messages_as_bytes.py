"""Parked messages are kept as the bytes that they were, with their sender and their way; messages that no queue took
are kept apart in the outbox. Processes of the version before go on: what they park is understood too."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def upgrade() -> None:
    """Expand the inbox and the outbox."""
    for column in (
        sa.Column("body", sa.LargeBinary()),
        sa.Column("sender", sa.Text()),
        sa.Column("exchange", sa.Text()),
        sa.Column("routing_key", sa.Text()),
        sa.Column("headers", postgresql.JSONB()),
    ):
        op.add_column("inbox", column)
    op.drop_constraint(op.f("ck_inbox_state"), "inbox", type_="check")
    op.create_check_constraint(op.f("ck_inbox_state"), "inbox", "state IN ('handled', 'waiting', 'dead', 'refused')")
    op.execute("UPDATE inbox SET body = convert_to(envelope::text, 'UTF8') WHERE envelope IS NOT NULL")
    op.execute(_FUNCTION)
    op.execute(
        "CREATE TRIGGER envelope_as_bytes BEFORE INSERT OR UPDATE ON inbox FOR EACH ROW"
        " WHEN (NEW.envelope IS NOT NULL) EXECUTE FUNCTION envelope_as_bytes()"
    )
    op.add_column("outbox", sa.Column("returned_at", sa.DateTime(timezone=True)))
    op.create_index("ix_outbox_waiting", "outbox", ["id"], postgresql_where=sa.text("returned_at IS NULL"))
    op.create_index(
        "ix_outbox_returned_at", "outbox", ["returned_at"], postgresql_where=sa.text("returned_at IS NOT NULL")
    )


_FUNCTION = """
CREATE FUNCTION envelope_as_bytes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.body := convert_to(NEW.envelope::text, 'UTF8');
    RETURN NEW;
END $$
"""
