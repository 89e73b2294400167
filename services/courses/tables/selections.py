"""Selection rounds, selections and withdrawals."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.data.columns import id_column, instant, one_of, stamps
from chassis.data.groups import group_column, in_group
from chassis.data.row_scope import scope
from chassis.requests.tables import one_open
from chassis.work.closing import closing_columns
from contracts.common import ClosingReason
from contracts.courses.states import RoundStatus, SelectionState, WithdrawalState
from services.courses.domain.workflows import WITHDRAWAL
from services.courses.tables.base import metadata
from services.courses.tables.copies import cohorts

selection_rounds = Table(
    "selection_rounds",
    metadata,
    id_column(),
    Column("code", String(20), nullable=False),
    Column("name", String(60), nullable=False),
    instant("opens_at"),
    instant("closes_at"),
    instant("payment_deadline"),
    instant("withdrawal_closes_at"),
    Column("status", Text, nullable=False),
    *stamps(),
    UniqueConstraint("code", name="uq_selection_rounds_code"),
    Index("ix_selection_rounds_opens_at", "opens_at"),
    CheckConstraint("opens_at < closes_at AND closes_at <= payment_deadline", name="in_order"),
    CheckConstraint("closes_at <= withdrawal_closes_at", name="withdrawal_after_closing"),
    one_of("status", RoundStatus),
)
scope(selection_rounds, read_by_all=True)

selection_round_courses = Table(
    "selection_round_courses",
    metadata,
    Column("selection_round_id", Uuid, ForeignKey("selection_rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("course_id", Uuid, ForeignKey("courses.id"), primary_key=True),
)
scope(selection_round_courses, read_by_all=True)

selections = Table(
    "selections",
    metadata,
    id_column(),
    Column("student_id", Uuid, nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("course_id", Uuid, ForeignKey("courses.id"), nullable=False),
    # Version and requirement in force at `selected_at`: the selection keeps them whatever comes later.
    Column("course_version_id", Uuid, ForeignKey("course_versions.id"), nullable=False),
    Column("requirement_id", Uuid, ForeignKey("assessment_requirements.id"), nullable=False),
    Column("selection_round_id", Uuid, ForeignKey("selection_rounds.id"), nullable=False),
    Column("exam_round_id", Uuid),
    Column("credits", Numeric(4, 1), nullable=False),
    Column("state", Text, nullable=False),
    Column("billing_refusal", JSONB(none_as_null=True)),
    Column("registration_refusal", JSONB(none_as_null=True)),
    instant("selected_at"),
    Column("selected_by", Uuid),
    group_column("cohort_id"),
    *closing_columns(),
    *stamps(),
    # The one that decides every race about a second selection of a course.
    Index(
        "uq_selections_open",
        "student_id",
        "course_id",
        unique=True,
        postgresql_where=text("state IN ('pending_payment', 'closing', 'selected')"),
    ),
    Index("ix_selections_student_id", "student_id"),
    # The list, as a point, a course lead and the school look at it.
    Index("ix_selections_of_point", "teaching_point_id", "state", "selected_at", "id"),
    Index("ix_selections_of_school", "state", "selected_at", "id"),
    Index("ix_selections_of_course_by_state", "course_id", "state", "selected_at", "id"),
    Index("ix_selections_of_round", "selection_round_id", "state", "selected_at", "id"),
    Index("ix_selections_cohort_of_point", "teaching_point_id", "cohort_id", "selected_at", "id"),
    Index("ix_selections_cohort", "cohort_id", "selected_at", "id"),
    # Its first columns are what figures are made of; with its last ones it is the list of a course at a point.
    Index(
        "ix_selections_course_at_point",
        "selection_round_id",
        "teaching_point_id",
        "course_id",
        "state",
        "selected_at",
        "id",
    ),
    Index("ix_selections_due_again", "ask_again_at", postgresql_where=text("ask_again_at IS NOT NULL")),
    CheckConstraint("state <> 'closing' OR closing_reason IS NOT NULL", name="closing_has_reason"),
    one_of("state", SelectionState),
    one_of("closing_reason", ClosingReason),
)
scope(selections, point="teaching_point_id", student="student_id", course="course_id")
in_group(selections, cohorts, by="student_id")

withdrawals = Table(
    "withdrawals",
    metadata,
    id_column(),
    Column("selection_id", Uuid, ForeignKey("selections.id"), nullable=False),
    Column("student_id", Uuid, nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("course_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", String(500), nullable=False),
    Column("refusal", JSONB(none_as_null=True)),
    Column("amount", Numeric(12, 2)),
    Column("entered_by", Uuid),
    instant("requested_at"),
    Column("academic_reviewer_id", Uuid),
    *stamps(),
    one_open("withdrawals", WITHDRAWAL, "selection_id"),
    Index("ix_withdrawals_selection_id", "selection_id", "id"),
    Index("ix_withdrawals_of_point", "teaching_point_id", "state", "requested_at", "id"),
    Index("ix_withdrawals_of_school", "state", "requested_at", "id"),
    Index("ix_withdrawals_student_id", "student_id"),
    Index("ix_withdrawals_of_course_by_state", "course_id", "state", "requested_at", "id"),
    CheckConstraint("amount >= 0", name="amount"),
    one_of("state", WithdrawalState),
)
scope(
    withdrawals,
    point="teaching_point_id",
    student="student_id",
    course="course_id",
    parent=(withdrawals.c.selection_id, selections),
)
