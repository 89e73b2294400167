"""What the school sets."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from chassis.data.columns import id_column, one_of, stamps
from chassis.data.row_scope import scope
from contracts.types import EducationLevel, FeeKind
from services.finance.tables.shared import metadata, money

fee_standards = Table(
    "fee_standards",
    metadata,
    id_column(),
    Column("education_level", Text, nullable=False),
    Column("kind", Text, nullable=False),
    money("amount"),
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
