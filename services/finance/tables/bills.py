"""Bills, and the students whose bills can't be paid because they are in transfer."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from chassis.data.columns import found_by_beginning, id_column, instant, leaving, one_of, stamps
from chassis.data.groups import group_column, in_group
from chassis.data.row_scope import scope
from contracts.finance.source import SourceKind
from contracts.finance.states import BillStatus, PaymentMethod, TransferState
from contracts.types import ExamKind, FeeKind
from services.finance.tables.copies import cohorts
from services.finance.tables.shared import metadata, money, number

BILL_PREFIX = "JF"

# One row for every selection and resit that finance has heard of. Whoever inserts it first, "bill it" or "close it",
# decides: its primary key is the arbiter between the two events, which may arrive in any order.
billings = Table(
    "billings",
    metadata,
    id_column(),
    Column("source", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    instant("decided_at"),
    one_of("source", SourceKind),
    one_of("outcome", ("billed", "refused", "closed")),
)
scope(billings, system_only=True)

bills = Table(
    "bills",
    metadata,
    id_column(),
    *number(BILL_PREFIX),
    Column("source_kind", Text, nullable=False),
    Column("source_id", Uuid, nullable=False),
    Column("student_id", Uuid, nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("course_id", Uuid, nullable=False),
    Column("exam_round_id", Uuid),
    Column("exam_kind", Text),
    Column("kind", Text, nullable=False),
    Column("fee_standard_id", Uuid, ForeignKey("fee_standards.id"), nullable=False),
    money("amount"),
    Column("status", Text, nullable=False),
    Column("method", Text),
    Column("remittance_id", Uuid, ForeignKey("remittances.id")),
    Column("refunded_amount", Numeric(12, 2), nullable=False, server_default=text("0")),
    instant("grace_until", nullable=True),
    instant("issued_at"),
    instant("paid_at", nullable=True),
    group_column("cohort_id"),
    *stamps(),
    one_of("source_kind", SourceKind),
    one_of("kind", FeeKind),
    one_of("status", BillStatus),
    one_of("method", PaymentMethod),
    one_of("exam_kind", ExamKind),
    CheckConstraint("amount >= 0 AND refunded_amount BETWEEN 0 AND amount", name="amounts"),
    CheckConstraint("(status IN ('paid', 'refunding', 'refunded')) = (paid_at IS NOT NULL)", name="paid_at"),
    CheckConstraint("(paid_at IS NULL) = (method IS NULL)", name="method_when_paid"),
    UniqueConstraint("source_id", "kind"),
    Index("ix_bills_student_id", "student_id"),
    Index("ix_bills_remittance_id", "remittance_id"),
    Index("ix_bills_updated_at", "updated_at"),
    # The list, as a point and as the school looks at it.
    Index("ix_bills_of_point", "teaching_point_id", "status", "issued_at", "id"),
    Index("ix_bills_of_school", "status", "issued_at", "id"),
    Index("ix_bills_cohort_of_point", "teaching_point_id", "cohort_id", "status", "issued_at", "id"),
    Index("ix_bills_cohort", "cohort_id", "status", "issued_at", "id"),
    Index("ix_bills_course_of_point", "teaching_point_id", "course_id", "issued_at", "id"),
    found_by_beginning("bills", "number", unique=True),
)
in_group(bills, cohorts, by="student_id")
scope(bills, point="teaching_point_id", student="student_id")
# One of the two was what a bill is for; processes of the version before write and read them.
leaving(bills, "selection_id", "registration_id")

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
    one_of("state", TransferState),
    Index("ix_transfers_student_id", "student_id", "state"),
)
scope(transfers, point="teaching_point_id")
