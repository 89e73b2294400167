"""Local copies of what other services own: students, teaching points, bills, fee standards and exam rounds."""

from sqlalchemy import Boolean, Column, Date, Index, Numeric, String, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.data.columns import found_by_beginning, instant
from chassis.data.groups import group_column, grouped
from chassis.data.name_search import found_by_name
from chassis.data.row_scope import scope
from chassis.data.tables import copy_table
from services.courses.tables.base import metadata

students = copy_table(
    "students",
    metadata,
    Column("student_number", String(20), nullable=False),
    Column("name", String(40), nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("programme_id", Uuid, nullable=False),
    Column("intake", String(6), nullable=False),
    Column("level", Text, nullable=False),
    Column("student_type", String(20), nullable=False),
    Column("student_source", String(20), nullable=False),
    Column("major_code", String(10), nullable=False),
    Column("schooling_length", String(4), nullable=False),
    Column("status", Text, nullable=False),
    Column("status_change_open", Boolean, nullable=False),
    Column("degree_intent", Boolean, nullable=False),
    group_column("cohort_id"),
    Column("suspensions", JSONB, nullable=False, server_default=text("'[]'")),
    Index("ix_students_cohort_of_point", "teaching_point_id", "cohort_id", "student_number", "id"),
    Index("ix_students_cohort", "cohort_id", "student_number", "id"),
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

teaching_points = copy_table(
    "teaching_points",
    metadata,
    Column("code", String(20), nullable=False),
    Column("name", String(60), nullable=False),
)
scope(teaching_points, read_by_all=True)

bills = copy_table(
    "bills",
    metadata,
    Column("selection_id", Uuid),
    Column("number", String(40), nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount", Numeric(12, 2), nullable=False),
    Column("status", Text, nullable=False),
    Column("student_id", Uuid, nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("course_id", Uuid, nullable=False),
    Index("ix_bills_selection_id", "selection_id"),
)
# The point is the payer: after a transfer the former point keeps its paid bills.
scope(bills, point="teaching_point_id", student="student_id", course="course_id")

fee_standards = copy_table(
    "fee_standards",
    metadata,
    Column("education_level", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("student_type", String(20)),
    Column("student_source", String(20)),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
)
scope(fee_standards, read_by_all=True)

exam_rounds = copy_table(
    "exam_rounds",
    metadata,
    Column("code", String(20), nullable=False),
    Column("status", Text, nullable=False),
    instant("registration_opens_at"),
    instant("registration_closes_at"),
)
scope(exam_rounds, read_by_all=True)

exam_round_courses = copy_table(
    "exam_round_courses",
    metadata,
    Column("exam_round_id", Uuid, nullable=False),
    Column("course_id", Uuid, nullable=False),
    Column("session_id", Uuid, nullable=False),
    Column("session_name", Text, nullable=False),
    Index("ix_exam_round_courses_course_id", "course_id", "exam_round_id"),
)
scope(exam_round_courses, read_by_all=True)
