"""What is known of the books without reading them all: sums by day, how far all is proven, what was found wrong."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Identity,
    Index,
    Numeric,
    Table,
    Text,
    Uuid,
    text,
)

from chassis.data.columns import instant, one_of
from chassis.data.row_scope import scope
from contracts.finance.states import AccountKind
from services.finance.tables.shared import metadata, money

FAULTS = (
    "unbalanced_transactions",
    "postings_without_bill",
    "bills_without_posting",
    "bills_with_several_payments",
    "bills_with_several_refunds",
    "slips_that_differ",
)
"""What may be wrong with a row, called as `LedgerCheck` tells it."""

# The entries that were posted before `ledger_proof.proven_until`, summed up: credit is negative, as in the entries. One
# job writes it, behind all who post. `differs`: when it was compared last, the entries made another sum.
ledger_days = Table(
    "ledger_days",
    metadata,
    Column("teaching_point_id", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("account", Text, primary_key=True),
    money("debit"),
    money("credit"),
    Column("differs", Boolean, nullable=False, server_default=text("false")),
    one_of("account", AccountKind),
    Index("ix_ledger_days_differs", "day", postgresql_where=text("differs")),
    Index("ix_ledger_days_day", "day"),
)
scope(ledger_days, point="teaching_point_id")

# One row. Everything stamped before `proven_until` is in the sums by day, and was proven. `fence_*`: see
# `steps/fence.py`; `pass_*`: how far the pass over everything is; `gone_over_at`: when the last one that ended began.
ledger_proof = Table(
    "ledger_proof",
    metadata,
    Column("one", Boolean, primary_key=True, server_default=text("true")),
    instant("proven_until"),
    instant("fence_at", nullable=True),
    Column("fence_xid", BigInteger),
    instant("pass_began_at", nullable=True),
    Column("pass_stage", Text),
    Column("pass_after", Uuid),
    Column("pass_day", Date),
    instant("gone_over_at", nullable=True),
    CheckConstraint("one", name="one"),
    one_of("pass_stage", ("days", "transactions", "bills", "slips")),
)
scope(ledger_proof, read_by_all=True)

# `amount`: by how much a transaction does not balance.
ledger_findings = Table(
    "ledger_findings",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("row_id", Uuid, primary_key=True),
    Column("amount", Numeric(12, 2)),
    instant("found_at"),
    one_of("kind", FAULTS),
)
scope(ledger_findings)

# Rows that were written more than half a minute after their own stamp, noted by triggers (migrations/late.sql): whoever
# walks by stamps may have passed them.
late_changes = Table(
    "late_changes",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("row_id", Uuid, nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    instant("stamp"),
    one_of("kind", ("entry", "bill", "slip")),
)
scope(late_changes, point="teaching_point_id")
