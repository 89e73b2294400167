"""Sums of the ledger by day, how far the books are proven, and what was found wrong.

All of it begins empty: the due job sums up and proves what is there, and until it has done so, balances are read from the
entries as before. Processes of the version before write as they did: what they write late, the triggers note. While the
index of bills is made, nobody writes bills: about a second for each million of them.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('late_changes',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('row_id', sa.Uuid(), nullable=False),
    sa.Column('teaching_point_id', sa.Uuid(), nullable=False),
    sa.Column('stamp', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('entry', 'bill', 'slip')", name=op.f('ck_late_changes_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_late_changes'))
    )
    op.create_table('ledger_days',
    sa.Column('teaching_point_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('debit', sa.Numeric(precision=12, scale=2), nullable=False),
    sa.Column('credit', sa.Numeric(precision=12, scale=2), nullable=False),
    sa.Column('differs', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.CheckConstraint("account IN ('bank', 'receivable', 'credit_fee_income', 'exam_fee_income', 'suspense', 'refund_payable')", name=op.f('ck_ledger_days_account')),
    sa.PrimaryKeyConstraint('teaching_point_id', 'day', 'account', name=op.f('pk_ledger_days'))
    )
    op.create_index('ix_ledger_days_day', 'ledger_days', ['day'], unique=False)
    op.create_index('ix_ledger_days_differs', 'ledger_days', ['day'], unique=False, postgresql_where=sa.text('differs'))
    op.create_table('ledger_findings',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('row_id', sa.Uuid(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=12, scale=2), nullable=True),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('unbalanced_transactions', 'postings_without_bill', 'bills_without_posting', 'bills_with_several_payments', 'bills_with_several_refunds', 'slips_that_differ')", name=op.f('ck_ledger_findings_kind')),
    sa.PrimaryKeyConstraint('kind', 'row_id', name=op.f('pk_ledger_findings'))
    )
    op.create_table('ledger_proof',
    sa.Column('one', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('proven_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('fence_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fence_xid', sa.BigInteger(), nullable=True),
    sa.Column('pass_began_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('pass_stage', sa.Text(), nullable=True),
    sa.Column('pass_after', sa.Uuid(), nullable=True),
    sa.Column('pass_day', sa.Date(), nullable=True),
    sa.Column('gone_over_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("pass_stage IN ('days', 'transactions', 'bills', 'slips')", name=op.f('ck_ledger_proof_pass_stage')),
    sa.CheckConstraint('one', name=op.f('ck_ledger_proof_one')),
    sa.PrimaryKeyConstraint('one', name=op.f('pk_ledger_proof'))
    )
    op.execute((Path(__file__).parent / "late.sql").read_text(encoding="utf-8"))
