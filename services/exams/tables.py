"""Tables of the exams service."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.data.columns import found_by_beginning, id_column, instant, one_of, stamps
from chassis.data.name_search import found_by_name
from chassis.data.row_scope import scope
from chassis.data.tables import copy_table, service_metadata
from chassis.work.closing import closing_columns
from contracts.common import ClosingReason
from contracts.exams.states import ExamRoundStatus, RegistrationEnd, RegistrationState
from contracts.types import ExamKind
from services.exams.domain.registrations import ENDED, LIVE, HoldState

metadata = service_metadata("exams")


def _in(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


exam_rounds = Table(
    "exam_rounds",
    metadata,
    id_column(),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    instant("registration_opens_at"),
    instant("registration_closes_at"),
    Column("status", Text, nullable=False, server_default=text("'draft'")),
    instant("arrangement_published_at", nullable=True),
    *stamps(),
    UniqueConstraint("code", name="uq_exam_rounds_code"),
    one_of("status", ExamRoundStatus),
    CheckConstraint("registration_opens_at < registration_closes_at", name="window"),
    CheckConstraint("arrangement_published_at IS NULL OR status = 'published'", name="arranged"),
)
scope(exam_rounds, read_by_all=True)

# Removed sessions and placements stay as rows: copies elsewhere hear of them as tombstones.
exam_sessions = Table(
    "exam_sessions",
    metadata,
    id_column(),
    Column("exam_round_id", Uuid, ForeignKey("exam_rounds.id"), nullable=False),
    Column("name", Text, nullable=False),
    instant("starts_at"),
    instant("ends_at"),
    Column("deleted", Boolean, nullable=False, server_default=text("false")),
    *stamps(),
    UniqueConstraint("exam_round_id", "id", name="uq_exam_sessions_exam_round_id_id"),
    CheckConstraint("starts_at < ends_at", name="times"),
)
scope(exam_sessions, read_by_all=True)

exam_round_courses = Table(
    "exam_round_courses",
    metadata,
    id_column(),
    Column("exam_round_id", Uuid, ForeignKey("exam_rounds.id"), nullable=False),
    Column("course_id", Uuid, nullable=False),
    Column("session_id", Uuid, nullable=False),
    Column("deleted", Boolean, nullable=False, server_default=text("false")),
    *stamps(),
    UniqueConstraint("exam_round_id", "course_id", name="uq_exam_round_courses_course"),
    ForeignKeyConstraint(
        ["exam_round_id", "session_id"],
        ["exam_sessions.exam_round_id", "exam_sessions.id"],
        name="fk_exam_round_courses_session",
    ),
    Index("ix_exam_round_courses_session_id", "session_id"),
)
scope(exam_round_courses, read_by_all=True)

exam_registrations = Table(
    "exam_registrations",
    metadata,
    id_column(),
    Column("selection_id", Uuid),
    Column("resit_of", Uuid, ForeignKey("exam_registrations.id")),
    Column("student_id", Uuid, nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("course_id", Uuid, nullable=False),
    Column("exam_round_id", Uuid, ForeignKey("exam_rounds.id"), nullable=False),
    Column("exam_kind", Text, nullable=False),
    Column("bill_id", Uuid),
    Column("state", Text, nullable=False),
    Column("ended_by", Text),
    Column("held_by_withdrawal_id", Uuid),
    Column("held_by_suspension", Boolean, nullable=False, server_default=text("false")),
    # When a seat was dealt. It stays the candidate's while the registration is held.
    instant("arranged_at", nullable=True),
    *closing_columns(),
    instant("registered_at"),
    *stamps(),
    UniqueConstraint("selection_id", name="uq_exam_registrations_selection_id"),
    one_of("state", RegistrationState),
    one_of("exam_kind", ExamKind),
    CheckConstraint(f"ended_by IS NULL OR {_in('ended_by', tuple(RegistrationEnd))}", name="ended_by"),
    CheckConstraint(f"closing_reason IS NULL OR {_in('closing_reason', tuple(ClosingReason))}", name="closing_reason"),
    CheckConstraint("(selection_id IS NULL) <> (resit_of IS NULL)", name="source"),
    CheckConstraint(f"(ended_by IS NOT NULL) = ({_in('state', ENDED)})", name="end"),
    CheckConstraint(
        "(state = 'suspended') = (held_by_withdrawal_id IS NOT NULL OR held_by_suspension)",
        name="hold",
    ),
    Index(
        "uq_exam_registrations_live_resit",
        "student_id",
        "course_id",
        "exam_round_id",
        unique=True,
        postgresql_where=text(f"resit_of IS NOT NULL AND {_in('state', LIVE)}"),
    ),
    Index("ix_exam_registrations_student_id", "student_id", "registered_at"),
    # The list, as a point, a course lead and the school look at it.
    Index("ix_exam_registrations_of_point", "teaching_point_id", "state", "registered_at", "id"),
    Index("ix_exam_registrations_of_school", "state", "registered_at", "id"),
    Index("ix_exam_registrations_of_course", "course_id", "registered_at", "id"),
    Index("ix_exam_registrations_of_round", "exam_round_id", "state", "registered_at", "id"),
    Index("ix_exam_registrations_round", "exam_round_id", "course_id", "state"),
)
scope(exam_registrations, point="teaching_point_id", student="student_id", course="course_id")

# What a withdrawal in finance's review wants of the selection's registration, also while that has not arrived.
withdrawal_holds = Table(
    "withdrawal_holds",
    metadata,
    id_column(),
    Column("selection_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    *stamps(),
    one_of("state", HoldState),
    Index("ix_withdrawal_holds_selection_id", "selection_id"),
)
scope(withdrawal_holds, system_only=True)

students = copy_table(
    "students",
    metadata,
    Column("student_number", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("student_type", Text, nullable=False),
    Column("student_source", Text, nullable=False),
    Column("status", Text, nullable=False),
    Index("ix_students_teaching_point_id", "teaching_point_id", "student_number"),
    found_by_beginning("students", "student_number"),
)
scope(students, point="teaching_point_id", student="id")
student_search = found_by_name(students, "name", "student_number")

courses = copy_table(
    "courses",
    metadata,
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("education_levels", JSONB, nullable=False),
)
scope(courses, read_by_all=True)
