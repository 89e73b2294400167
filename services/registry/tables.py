"""Tables of the registry."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)

from chassis.data.columns import found_by_beginning, id_column, instant, one_of, stamps
from chassis.data.groups import group_column, grouped
from chassis.data.name_search import found_by_name
from chassis.data.row_scope import scope
from chassis.data.tables import copy_table, service_metadata
from chassis.documents.issued import issued_documents_table
from chassis.requests.tables import one_open
from chassis.rules.programme_copies import programme_copy
from chassis.work.public import guarding_tables
from chassis.work.school_settings import shared_settings_table
from contracts.registry.states import (
    ConfirmationState,
    StatusChangeKind,
    StatusChangeState,
)
from contracts.types import EnrolmentStatus, Gender, IdKind, Level, PriorEducationCheck
from services.registry.domain.workflows import STATUS_CHANGE

metadata = service_metadata("registry")

students = Table(
    "students",
    metadata,
    id_column(),
    Column("student_number", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("gender", Text, nullable=False),
    Column("id_kind", Text, nullable=False),
    Column("id_number", Text, nullable=False),
    Column("birth_on", Date, nullable=False),
    Column("ethnicity", Text, nullable=False),
    Column("political_status", Text),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("programme_id", Uuid, nullable=False),
    Column("intake", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("student_type", Text, nullable=False),
    Column("student_source", Text, nullable=False),
    Column("major_code", Text, nullable=False),
    Column("major_name", Text, nullable=False),
    Column("schooling_length", Text, nullable=False),
    Column("enrolled_on", Date, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'active'")),
    Column("status_change_open", Boolean, nullable=False, server_default=text("false")),
    Column("confirmation", Text, nullable=False, server_default=text("'unconfirmed'")),
    Column("degree_intent", Boolean, nullable=False, server_default=text("false")),
    Column("mobile", Text),
    Column("email", Text),
    Column("phone", Text),
    Column("home_address", Text),
    Column("postal_address", Text),
    Column("postcode", Text),
    Column("employer", Text),
    Column("prior_level", Text),
    Column("prior_school", Text),
    Column("prior_major", Text),
    Column("prior_graduated_on", Date),
    Column("prior_certificate_number", Text),
    Column("prior_name_then", Text),
    Column("prior_id_number_then", Text),
    Column("prior_check", Text, nullable=False, server_default=text("'unchecked'")),
    group_column("cohort_id"),
    *stamps(),
    # Identity signs students in by their number, whatever its case.
    Index("uq_students_student_number", text("lower(student_number)"), unique=True),
    one_of("gender", Gender),
    one_of("id_kind", IdKind),
    one_of("level", Level),
    one_of("status", EnrolmentStatus),
    one_of("confirmation", ConfirmationState),
    one_of("prior_check", PriorEducationCheck),
    # A person studies for a level once at a time; after graduating or leaving it may be begun again.
    Index(
        "uq_students_id_number",
        "id_kind",
        "id_number",
        "level",
        unique=True,
        postgresql_where=text("status IN ('active', 'suspended')"),
    ),
    Index("ix_students_of_point", "teaching_point_id", "status", "confirmation", "student_number", "id"),
    Index("ix_students_of_school", "status", "confirmation", "student_number", "id"),
    Index("ix_students_cohort_of_point", "teaching_point_id", "cohort_id", "status", "student_number", "id"),
    Index("ix_students_cohort", "cohort_id", "status", "student_number", "id"),
    Index("ix_students_name_of_point", "teaching_point_id", "name", "id"),
    # The figures by intake.
    Index("ix_students_intake", "intake", "teaching_point_id", "status"),
    found_by_beginning("students", "student_number"),
)
scope(students, point="teaching_point_id", student="id")
student_search = found_by_name(students, "name", "student_number")
cohorts = grouped(
    students,
    "cohorts",
    ("intake", "level", "student_type", "student_source", "major_code", "schooling_length"),
    key="cohort_id",
)

status_changes = Table(
    "status_changes",
    metadata,
    id_column(),
    Column("student_id", Uuid, ForeignKey("students.id"), nullable=False),
    # The student's point of today: who looks after the student sees how it came about.
    Column("teaching_point_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("waiting_for_bills", Integer),
    Column("from_teaching_point_id", Uuid),
    Column("to_teaching_point_id", Uuid),
    Column("from_on", Date),
    Column("until_on", Date),
    Column("voluntary", Boolean),
    Column("reason", Text, nullable=False),
    Column("requested_by", Uuid, nullable=False),
    instant("requested_at"),
    Column("decided_by", Uuid),
    *stamps(),
    one_of("kind", StatusChangeKind),
    one_of("state", StatusChangeState),
    CheckConstraint(
        "(kind = 'transfer_teaching_point') = (to_teaching_point_id IS NOT NULL)",
        name="transfer",
    ),
    one_open("status_changes", STATUS_CHANGE, "student_id"),
    Index("ix_status_changes_of_point", "teaching_point_id", "state", "requested_at", "id"),
    Index("ix_status_changes_of_school", "state", "requested_at", "id"),
    Index("ix_status_changes_student_id", "student_id", "requested_at"),
)
scope(status_changes, point="teaching_point_id", student="student_id")

suspensions = Table(
    "suspensions",
    metadata,
    id_column(),
    Column("student_id", Uuid, ForeignKey("students.id"), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),
    *stamps(),
    CheckConstraint("until_on IS NULL OR from_on <= until_on", name="days"),
    Index(
        "uq_suspensions_running",
        "student_id",
        unique=True,
        postgresql_where=text("until_on IS NULL"),
    ),
    Index("ix_suspensions_student_id", "student_id", "from_on"),
)
scope(suspensions, student="student_id")

# What identity answered about accounts, beside the records: it is no change of a record, whose version stays.
account_answers = Table(
    "account_answers",
    metadata,
    Column("student_id", Uuid, ForeignKey("students.id"), primary_key=True),
    Column("refusal", Text),  # the code; empty: the account was made after all, which is final
    instant("answered_at"),
)
scope(account_answers, read_by_all=True)

# Whose admission was taken back, by the id of the record: it may be heard of before the admission itself.
cancelled_admissions = Table(
    "cancelled_admissions",
    metadata,
    Column("student_id", Uuid, primary_key=True),
    instant("cancelled_at"),
)
scope(cancelled_admissions, system_only=True)

issued_documents = issued_documents_table(metadata)
guarding_tables(metadata)  # of who checks them
shared_settings = shared_settings_table(metadata)

teaching_points = copy_table(
    "teaching_points",
    metadata,
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Index("ix_teaching_points_code", "code"),
)
scope(teaching_points, read_by_all=True)

programmes = programme_copy(metadata)
