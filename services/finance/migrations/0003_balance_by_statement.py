"""The ledger's balance is checked once a statement, not once an entry at commit.

Processes of the version before write all entries of a posting by one statement too, so they go on beside it.
"""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute((Path(__file__).parent / "balance.sql").read_text(encoding="utf-8"))
