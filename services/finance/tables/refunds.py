"""Withdrawals in review, and money on its way back."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from chassis.data.columns import id_column, instant, one_of, stamps
from chassis.data.row_scope import scope
from contracts.finance.states import (
    PaymentMethod,
    RefundReason,
    RefundState,
    ReviewState,
)
from services.finance.tables.shared import metadata, money, number

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
    money("refund_amount", nullable=True),
    Column("entered_by", Uuid),
    Column("academic_reviewer_id", Uuid, nullable=False),
    Column("reviewed_by", Uuid),
    instant("reviewed_at", nullable=True),
    instant("requested_at"),
    *stamps(),
    one_of("state", ReviewState),
    Index("ix_withdrawal_reviews_of_point", "teaching_point_id", "state", "requested_at", "id"),
    Index("ix_withdrawal_reviews_selection_id", "selection_id"),
    Index("ix_withdrawal_reviews_student_id", "student_id"),
    Index("ix_withdrawal_reviews_of_school", "state", "requested_at", "id"),
)
scope(withdrawal_reviews, point="teaching_point_id", student="student_id")

# A refund goes to the point that paid, which after a transfer is not the student's.
refunds = Table(
    "refunds",
    metadata,
    id_column(),
    *number("TF"),
    Column("bill_id", Uuid, ForeignKey("bills.id")),
    Column("suspense_id", Uuid, ForeignKey("suspense_items.id")),
    Column("withdrawal_id", Uuid, ForeignKey("withdrawal_reviews.id")),
    Column("student_id", Uuid),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("reason", Text, nullable=False),
    Column("method", Text, nullable=False),
    money("amount"),
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
    Index("ix_refunds_of_point", "teaching_point_id", "state", "created_at", "id"),
    Index("ix_refunds_of_school", "state", "created_at", "id"),
    Index("ix_refunds_withdrawal_id", "withdrawal_id"),
)
scope(refunds, point="teaching_point_id", student="student_id")
