"""Counters of numbers that people read, by which slips are numbered from now on, and settings of the school."""

from pathlib import Path

from alembic import op

from chassis.provisioning.migration_steps import numbers_and_settings

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    numbers_and_settings.upgrade()
    op.execute("ALTER TABLE remittances ALTER COLUMN number DROP EXPRESSION")
    for name in ("slip_number.sql", "settings.sql"):
        op.execute((Path(__file__).parent / name).read_text(encoding="utf-8"))
