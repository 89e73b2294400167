"""Programmes with modules and courses, and where they are offered. Everybody reads them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
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

from chassis.data.columns import id_column, one_of, stamps
from chassis.data.row_scope import scope
from contracts.courses.states import ProgrammeStatus
from contracts.types import Level
from services.courses.tables.base import metadata

programmes = Table(
    "programmes",
    metadata,
    id_column(),
    Column("code", String(20), nullable=False),
    Column("version_number", Integer, nullable=False),
    Column("name", String(60), nullable=False),
    Column("major_name", String(60), nullable=False),
    Column("level", Text, nullable=False),
    Column("student_type", String(20), nullable=False),
    Column("student_source", String(20), nullable=False),
    Column("major_code", String(10), nullable=False),
    Column("schooling_length", String(4), nullable=False),
    Column("from_intake", String(6), nullable=False),
    # Set when a later version is published: the only thing about a published programme that ever changes.
    Column("until_intake", String(6)),
    Column("early_selection", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("total_credits", Numeric(4, 1), nullable=False),
    Column("minimum_years", String(4), nullable=False),
    Column("maximum_years", String(4), nullable=False),
    Column("transfer_cap", Numeric(4, 1)),
    Column("pre_audit_credits", Numeric(4, 1), nullable=False),
    # The three are empty together: no degree goes with the programme.
    Column("degree_minimum_average", Numeric(4, 1)),
    Column("degree_minimum_thesis_mark", Integer),
    Column("degree_foreign_language_required", Boolean),
    *stamps(),
    UniqueConstraint("code", "version_number", name="uq_programmes_code"),
    Index(
        "uq_programmes_published",
        "level",
        "student_type",
        "student_source",
        "major_code",
        "schooling_length",
        "from_intake",
        unique=True,
        postgresql_where=text("status = 'published'"),
    ),
    CheckConstraint("pre_audit_credits < total_credits", name="pre_audit_below_total"),
    one_of("level", Level),
    one_of("status", ProgrammeStatus),
)
scope(programmes, read_by_all=True)

programme_modules = Table(
    "programme_modules",
    metadata,
    id_column(),
    Column("programme_id", Uuid, ForeignKey("programmes.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", String(60), nullable=False),
    Column("minimum_credits", Numeric(4, 1), nullable=False),
    UniqueConstraint("programme_id", "position", name="uq_programme_modules_position"),
)
scope(programme_modules, read_by_all=True)

programme_courses = Table(
    "programme_courses",
    metadata,
    Column("programme_id", Uuid, ForeignKey("programmes.id", ondelete="CASCADE"), primary_key=True),
    Column("course_id", Uuid, ForeignKey("courses.id"), primary_key=True),
    Column("module_id", Uuid, ForeignKey("programme_modules.id", ondelete="CASCADE"), nullable=False),
    Column("suggested_term", Integer, nullable=False),
    Column("compulsory", Boolean, nullable=False),
    Column("degree_only", Boolean, nullable=False),
    Index("ix_programme_courses_module_id", "module_id"),
    CheckConstraint("suggested_term > 0", name="suggested_term"),
)
scope(programme_courses, read_by_all=True)

programme_points = Table(
    "programme_points",
    metadata,
    Column("programme_id", Uuid, ForeignKey("programmes.id", ondelete="CASCADE"), primary_key=True),
    Column("teaching_point_id", Uuid, primary_key=True),
    Index("ix_programme_points_teaching_point_id", "teaching_point_id"),
)
scope(programme_points, read_by_all=True)
