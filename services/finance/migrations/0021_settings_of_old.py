"""The table of settings that the school's took the place of goes, and what numbered slips that came without a number.

Processes of the version before use neither. The column `serial` stays for them: they name it when they read a slip.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("finance_settings")
    op.execute("DROP FUNCTION carry_grace_days()")
    op.execute("DROP TRIGGER fill_number ON remittances")
    op.execute("DROP FUNCTION fill_slip_number()")
