"""What finance keeps: standards and rules, bills, payments of them, refunds, and the ledger.

The ledger's own rules (append only, balanced) are triggers: migrations/ledger.sql.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from chassis.columns import id_column, instant, one_of, stamps
from chassis.row_scope import scope
from chassis.tables import copy_table, service_metadata
from contracts.finance.states import (
    AccountKind,
    BillStatus,
    PaymentMethod,
    PostingKind,
    RefundReason,
    RefundState,
    RemittanceState,
    ReviewState,
)
from contracts.types import EducationLevel, ExamKind, FeeKind

metadata = service_metadata("finance")


def _money(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, Numeric(12, 2), nullable=nullable)


def _number(prefix: str) -> tuple[Column[object], Column[object]]:
    """A code for people: a prefix and ten digits that PostgreSQL counts up. Unique, never used again, gaps allowed."""
    return (
        Column("serial", BigInteger, Identity(always=True), nullable=False),
        Column("number", Text, Computed(f"'{prefix}' || lpad(serial::text, 10, '0')", persisted=True), nullable=False),
    )


# -- what the school sets ----------------------------------------------------------------------------------------------

fee_standards = Table(
    "fee_standards",
    metadata,
    id_column(),
    Column("education_level", Text, nullable=False),
    Column("kind", Text, nullable=False),
    _money("amount"),
    Column("student_type", String(20)),
    Column("student_source", String(20)),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("deleted", Boolean, nullable=False, server_default=text("false")),
    *stamps(),
    one_of("education_level", EducationLevel),
    one_of("kind", FeeKind),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("valid_until >= valid_from", name="window"),
    # No two standards for the same students on one day. Needs the extension btree_gist.
    ExcludeConstraint(
        ("education_level", "="),
        ("kind", "="),
        (text("coalesce(student_type, '')"), "="),
        (text("coalesce(student_source, '')"), "="),
        (text("daterange(valid_from, valid_until, '[]')"), "&&"),
        where=text("NOT deleted"),
        using="gist",
        name="ex_fee_standards_overlap",
    ),
)
scope(fee_standards, read_by_all=True)

refund_rules = Table(
    "refund_rules",
    metadata,
    id_column(),
    Column("kind", Text, nullable=False),
    Column("within_days", Integer),
    Column("percent", Integer, nullable=False),
    *stamps(),
    one_of("kind", FeeKind),
    CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
    UniqueConstraint("kind", "within_days", name="uq_refund_rules", postgresql_nulls_not_distinct=True),
)
scope(refund_rules, read_by_all=True)

finance_settings = Table(
    "finance_settings", metadata, id_column(), Column("grace_days", Integer, nullable=False), *stamps()
)
scope(finance_settings, read_by_all=True)

# -- bills -------------------------------------------------------------------------------------------------------------

# One row for every selection and resit that finance has heard of. Whoever inserts it first, "bill it" or "close it",
# decides: its primary key is the arbiter between the two events, which may arrive in any order.
billings = Table(
    "billings",
    metadata,
    id_column(),
    Column("source", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    instant("decided_at"),
    one_of("source", ("selection", "registration")),
    one_of("outcome", ("billed", "refused", "closed")),
)
scope(billings, system_only=True)

bills = Table(
    "bills",
    metadata,
    id_column(),
    *_number("JF"),
    Column("selection_id", Uuid),
    Column("registration_id", Uuid),
    Column("student_id", Uuid, nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("course_id", Uuid, nullable=False),
    Column("exam_round_id", Uuid),
    Column("exam_kind", Text),
    Column("kind", Text, nullable=False),
    Column("fee_standard_id", Uuid, ForeignKey("fee_standards.id"), nullable=False),
    _money("amount"),
    Column("status", Text, nullable=False),
    Column("method", Text),
    Column("remittance_id", Uuid, ForeignKey("remittances.id")),
    Column("refunded_amount", Numeric(12, 2), nullable=False, server_default=text("0")),
    instant("grace_until", nullable=True),
    instant("issued_at"),
    instant("paid_at", nullable=True),
    *stamps(),
    one_of("kind", FeeKind),
    one_of("status", BillStatus),
    one_of("method", PaymentMethod),
    one_of("exam_kind", ExamKind),
    CheckConstraint("num_nonnulls(selection_id, registration_id) = 1", name="source"),
    CheckConstraint("amount >= 0 AND refunded_amount BETWEEN 0 AND amount", name="amounts"),
    CheckConstraint("(status IN ('paid', 'refunding', 'refunded')) = (paid_at IS NOT NULL)", name="paid_at"),
    CheckConstraint("(paid_at IS NULL) = (method IS NULL)", name="method_when_paid"),
    UniqueConstraint("number"),
    UniqueConstraint("selection_id", "kind"),
    UniqueConstraint("registration_id"),
    Index("ix_bills_point", "teaching_point_id", "status", "issued_at"),
    Index("ix_bills_point_issued_at", "teaching_point_id", "issued_at"),
    Index("ix_bills_student_id", "student_id"),
    Index("ix_bills_remittance_id", "remittance_id"),
    Index("ix_bills_issued_at", "issued_at"),
)
scope(bills, point="teaching_point_id", student="student_id")

# -- payments ----------------------------------------------------------------------------------------------------------

remittances = Table(
    "remittances",
    metadata,
    id_column(),
    *_number("HK"),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    _money("amount"),
    Column("bill_count", Integer, nullable=False),
    Column("payer_name", String(60), nullable=False),
    Column("remitted_on", Date, nullable=False),
    Column("receipt_file_id", Uuid, ForeignKey("files.id")),
    _money("received_amount", nullable=True),
    Column("received_on", Date),
    Column("bank_reference", String(20)),
    Column("note", Text),
    Column("entered_by", Uuid, nullable=False),
    Column("reviewed_by", Uuid),
    instant("reviewed_at", nullable=True),
    *stamps(),
    one_of("state", RemittanceState),
    CheckConstraint("amount > 0 AND bill_count > 0", name="not_empty"),
    CheckConstraint("received_amount = amount", name="received_amount"),
    UniqueConstraint("number"),
    Index("ix_remittances_point", "teaching_point_id", "created_at"),
    Index("ix_remittances_state", "state", "created_at"),
)
scope(remittances, point="teaching_point_id")

# Which bills a payment is for, whatever the way of payment: another way adds its own key column beside `remittance_id`.
payment_lines = Table(
    "payment_lines",
    metadata,
    id_column(),
    Column("method", Text, nullable=False),
    Column("remittance_id", Uuid, ForeignKey("remittances.id")),
    Column("bill_id", Uuid, ForeignKey("bills.id"), nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    _money("amount"),
    Column("open", Boolean, nullable=False),
    one_of("method", PaymentMethod),
    CheckConstraint("(method = 'remittance') = (remittance_id IS NOT NULL)", name="payment"),
    UniqueConstraint("remittance_id", "bill_id"),
    # A bill is in one open payment at a time.
    Index("uq_payment_lines_open", "bill_id", unique=True, postgresql_where=text("open")),
    Index("ix_payment_lines_bill_id", "bill_id"),
)
scope(payment_lines, point="teaching_point_id")

suspense_items = Table(
    "suspense_items",
    metadata,
    id_column(),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("bill_id", Uuid, ForeignKey("bills.id"), nullable=False),
    Column("remittance_id", Uuid, ForeignKey("remittances.id")),
    _money("amount"),
    Column("reason", Text, nullable=False),
    instant("booked_at"),
    one_of("reason", ("bill_cancelled", "bill_already_paid", "bill_in_payment", "bill_moved")),
    # The money of one payment for one bill arrives once.
    UniqueConstraint("remittance_id", "bill_id"),
    Index("ix_suspense_items_point", "teaching_point_id", "booked_at"),
)
scope(suspense_items, point="teaching_point_id")

# -- withdrawals and refunds -------------------------------------------------------------------------------------------

# The id of a review is that of the withdrawal in courses.
withdrawal_reviews = Table(
    "withdrawal_reviews",
    metadata,
    id_column(),
    Column("selection_id", Uuid, nullable=False),
    Column("student_id", Uuid, nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("course_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("refusal_code", Text),
    _money("refund_amount", nullable=True),
    Column("entered_by", Uuid),
    Column("academic_reviewer_id", Uuid, nullable=False),
    Column("reviewed_by", Uuid),
    instant("reviewed_at", nullable=True),
    instant("requested_at"),
    *stamps(),
    one_of("state", ReviewState),
    Index("ix_withdrawal_reviews_point", "teaching_point_id", "requested_at"),
    Index("ix_withdrawal_reviews_selection_id", "selection_id"),
    Index("ix_withdrawal_reviews_student_id", "student_id"),
)
scope(withdrawal_reviews, point="teaching_point_id", student="student_id")

# A refund goes to the point that paid, which after a transfer is not the student's.
refunds = Table(
    "refunds",
    metadata,
    id_column(),
    *_number("TF"),
    Column("bill_id", Uuid, ForeignKey("bills.id")),
    Column("suspense_id", Uuid, ForeignKey("suspense_items.id")),
    Column("withdrawal_id", Uuid, ForeignKey("withdrawal_reviews.id")),
    Column("student_id", Uuid),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("reason", Text, nullable=False),
    Column("method", Text, nullable=False),
    _money("amount"),
    Column("state", Text, nullable=False),
    Column("paid_out_on", Date),
    Column("bank_reference", String(20)),
    Column("note", Text),
    *stamps(),
    one_of("reason", RefundReason),
    one_of("method", PaymentMethod),
    one_of("state", RefundState),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("num_nonnulls(bill_id, suspense_id) = 1", name="source"),
    UniqueConstraint("number"),
    # Money goes back once.
    UniqueConstraint("bill_id"),
    UniqueConstraint("suspense_id"),
    Index("ix_refunds_point", "teaching_point_id", "created_at"),
    Index("ix_refunds_state", "state", "created_at"),
    Index("ix_refunds_withdrawal_id", "withdrawal_id"),
)
scope(refunds, point="teaching_point_id", student="student_id")

# -- transfers to another teaching point -------------------------------------------------------------------------------

# While one is `waiting` or `cleared`, no new payment of the student's bills begins. `teaching_point_id`: the old one.
transfers = Table(
    "transfers",
    metadata,
    id_column(),
    Column("student_id", Uuid, nullable=False),
    Column("teaching_point_id", Uuid),
    Column("to_teaching_point_id", Uuid),
    Column("state", Text, nullable=False),
    instant("changed_at"),
    one_of("state", ("waiting", "cleared", "done", "revoked")),
    Index("ix_transfers_student_id", "student_id", "state"),
)
scope(transfers, point="teaching_point_id")

# -- the ledger --------------------------------------------------------------------------------------------------------

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
scope(ledger_transactions, point="teaching_point_id", student="student_id")

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
    _money("amount"),
    instant("posted_at"),
    one_of("posting", PostingKind),
    one_of("account", AccountKind),
    CheckConstraint("amount <> 0", name="amount_not_zero"),
    Index("ix_ledger_entries_transaction_id", "transaction_id"),
    Index("ix_ledger_entries_point", "teaching_point_id", "posted_at"),
    Index("ix_ledger_entries_student_id", "student_id", "posted_at"),
    Index("ix_ledger_entries_posted_at", "posted_at"),
)
scope(ledger_entries, point="teaching_point_id", student="student_id")

# -- local copies ------------------------------------------------------------------------------------------------------

students = copy_table(
    "students",
    metadata,
    Column("student_number", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("intake", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("student_type", Text, nullable=False),
    Column("major_code", Text, nullable=False),
    Column("schooling_length", Text, nullable=False),
    Index("ix_students_point", "teaching_point_id", "intake"),
)
scope(students, point="teaching_point_id", student="id")

courses = copy_table("courses", metadata, Column("code", Text, nullable=False), Column("name", Text, nullable=False))
scope(courses, read_by_all=True)
