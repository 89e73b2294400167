"""Local copies of other services' rows."""

from sqlalchemy import (
    Column,
    Index,
    Text,
    Uuid,
)

from chassis.data.columns import found_by_beginning
from chassis.data.groups import group_column, grouped
from chassis.data.name_search import found_by_name
from chassis.data.row_scope import scope
from chassis.data.tables import copy_table
from chassis.work.school_settings import shared_settings_table
from services.finance.tables.shared import metadata

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
    group_column("cohort_id"),
    Index("ix_students_point", "teaching_point_id", "intake"),
    found_by_beginning("students", "student_number"),
)
scope(students, point="teaching_point_id", student="id")
student_search = found_by_name(students, "name", "student_number")
cohorts = grouped(
    students, "cohorts", ("intake", "level", "student_type", "major_code", "schooling_length"), key="cohort_id"
)

courses = copy_table("courses", metadata, Column("code", Text, nullable=False), Column("name", Text, nullable=False))
scope(courses, read_by_all=True)

shared_settings = shared_settings_table(metadata)
