"""Counters of numbers that people read, and settings of the school."""

from chassis.provisioning.migration_steps import numbers_and_settings

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    numbers_and_settings.upgrade()
