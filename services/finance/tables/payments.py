"""Payments of bills, and money that no bill could take."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from chassis.data.columns import id_column, instant, leaving, one_of, stamps
from chassis.data.row_scope import scope
from chassis.work.numbers import number_column
from contracts.finance.states import (
    PaymentMethod,
    RemittanceState,
)
from services.finance.tables.shared import metadata, money

remittances = Table(
    "remittances",
    metadata,
    id_column(),
    *number_column(),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    money("amount"),
    Column("bill_count", Integer, nullable=False),
    Column("payer_name", String(60), nullable=False),
    Column("remitted_on", Date, nullable=False),
    Column("receipt_file_id", Uuid, ForeignKey("files.id")),
    money("received_amount", nullable=True),
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
    Index("ix_remittances_updated_at", "updated_at"),
    Index("ix_remittances_of_point", "teaching_point_id", "state", "created_at", "id"),
    Index("ix_remittances_of_school", "state", "created_at", "id"),
)
scope(remittances, point="teaching_point_id")
leaving(remittances, "serial")  # slips were counted by it; processes of the version before name it when they read one

# Which bills a payment is for, whatever the way of payment: another way adds its own key column beside `remittance_id`.
payment_lines = Table(
    "payment_lines",
    metadata,
    id_column(),
    Column("method", Text, nullable=False),
    Column("remittance_id", Uuid, ForeignKey("remittances.id")),
    Column("bill_id", Uuid, ForeignKey("bills.id"), nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    money("amount"),
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
    money("amount"),
    Column("reason", Text, nullable=False),
    instant("booked_at"),
    one_of("reason", ("bill_cancelled", "bill_already_paid", "bill_in_payment", "bill_moved")),
    # The money of one payment for one bill arrives once.
    UniqueConstraint("remittance_id", "bill_id"),
    Index("ix_suspense_items_of_point", "teaching_point_id", "booked_at", "id"),
    Index("ix_suspense_items_of_school", "booked_at", "id"),
)
scope(suspense_items, point="teaching_point_id")
