"""What a bill is for is a kind and an id, in every row; what kept the two ids that it was before goes, but for themselves.

Processes of the version before write both and look for the source: they need neither trigger nor constraints. That no
source is missing is known before it is required, so bills are held for milliseconds only; they are looked through while
everybody works, in half a second for each million of them: some three seconds for 5,000,000.
"""

from alembic import op

from chassis.provisioning.migration_steps import never_empty

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP TRIGGER IF EXISTS fill_source ON bills")
    op.execute("DROP FUNCTION IF EXISTS fill_bill_source()")
    for name in ("ck_bills_source", "uq_bills_selection_id_kind", "uq_bills_registration_id"):
        op.execute(f"ALTER TABLE bills DROP CONSTRAINT IF EXISTS {name}")
    never_empty.upgrade("bills", "source_kind", "source_id")
