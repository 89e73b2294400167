"""What a bill is for: a kind and an id.

The columns are computed as they come and then left to whoever writes: so rows that are there get their source by the
rewriting of the table, and no trigger of it runs: no version rises and nothing is noted, for nothing changes in what
others see. Meanwhile nobody reads or writes bills: some twenty seconds for each million of them.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KIND = "CASE WHEN selection_id IS NULL THEN 'registration' ELSE 'selection' END"
_ID = "coalesce(selection_id, registration_id)"


def upgrade() -> None:
    op.execute(
        f"ALTER TABLE bills ADD COLUMN source_kind text GENERATED ALWAYS AS ({_KIND}) STORED,"
        f" ADD COLUMN source_id uuid GENERATED ALWAYS AS ({_ID}) STORED"
    )
    op.execute("ALTER TABLE bills ALTER COLUMN source_kind DROP EXPRESSION, ALTER COLUMN source_id DROP EXPRESSION")
    op.create_check_constraint(op.f("ck_bills_source_kind"), "bills", sa.text("source_kind IN ('selection', 'registration')"))
    op.create_unique_constraint(op.f("uq_bills_source_id_kind"), "bills", ["source_id", "kind"])
    op.execute((Path(__file__).parent / "source.sql").read_text(encoding="utf-8"))
