"""The books: nobody changes what is written, and what a statement writes balances (migrations/balance.sql)."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    Uuid,
    text,
)

from chassis.data.columns import id_column, instant, one_of
from chassis.data.row_scope import scope
from contracts.finance.states import (
    AccountKind,
    PostingKind,
)
from services.finance.tables.shared import metadata, money

# One transaction for each thing that happened to money, at most one of a kind for one bill, refund or suspense item
# (moving and refunding may repeat, each time undone in between).
ledger_transactions = Table(
    "ledger_transactions",
    metadata,
    id_column(),
    Column("posting", Text, nullable=False),
    Column("bill_id", Uuid, ForeignKey("bills.id")),
    Column("suspense_id", Uuid, ForeignKey("suspense_items.id")),
    Column("refund_id", Uuid, ForeignKey("refunds.id")),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("student_id", Uuid),
    instant("posted_at"),
    one_of("posting", PostingKind),
    Index(
        "uq_ledger_transactions_bill",
        "bill_id",
        "posting",
        unique=True,
        postgresql_where=text("posting IN ('bill_issued', 'bill_cancelled', 'payment')"),
    ),
    Index(
        "uq_ledger_transactions_suspense",
        "suspense_id",
        unique=True,
        postgresql_where=text("posting = 'suspense_payment'"),
    ),
    Index("uq_ledger_transactions_refund", "refund_id", unique=True, postgresql_where=text("posting = 'refund_paid'")),
    Index("ix_ledger_transactions_refund_id", "refund_id", postgresql_where=text("refund_id IS NOT NULL")),
    Index("ix_ledger_transactions_bill_id", "bill_id", "posting"),
)
scope(ledger_transactions, point="teaching_point_id", student="student_id", append_only=True)

# Debit positive, credit negative, yuan. The point and the student are those whose money it is.
ledger_entries = Table(
    "ledger_entries",
    metadata,
    id_column(),
    Column("transaction_id", Uuid, ForeignKey("ledger_transactions.id"), nullable=False),
    Column("posting", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("student_id", Uuid),
    Column("bill_id", Uuid),
    money("amount"),
    instant("posted_at"),
    one_of("posting", PostingKind),
    one_of("account", AccountKind),
    CheckConstraint("amount <> 0", name="amount_not_zero"),
    Index("ix_ledger_entries_transaction_id", "transaction_id"),
    Index("ix_ledger_entries_of_point", "teaching_point_id", "account", "posted_at", "id"),
    Index("ix_ledger_entries_student_id", "student_id", "posted_at"),
    Index("ix_ledger_entries_of_school", "account", "posted_at", "id"),
    # The books are summed up and proven in the order of their stamps.
    Index("ix_ledger_entries_posted_at", "posted_at"),
)
scope(ledger_entries, point="teaching_point_id", student="student_id", append_only=True)
