"""A bill's number is in one index: that by which bills are found by its beginning keeps numbers apart too.

It is made while everybody bills, then the other one and the constraint go.
"""

from alembic import op

from chassis.provisioning.migration_steps import indexes

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

NAME = "uq_bills_number_begins"


def upgrade() -> None:
    indexes.upgrade({NAME: ("bills", ('number COLLATE "C"',))}, ("ix_bills_number_begins",), unique={NAME})
    op.execute("ALTER TABLE bills DROP CONSTRAINT IF EXISTS uq_bills_number")
