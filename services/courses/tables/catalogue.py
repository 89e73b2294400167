"""The term calendar, courses, their versions and assessment requirements. Everybody reads them."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
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
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint

from chassis.data.columns import id_column, instant, one_of, stamps
from chassis.data.row_scope import scope
from contracts.courses.states import AssessmentRequirementState, CourseStatus, CourseVersionStatus
from contracts.types import ExamKind
from services.courses.tables.base import metadata

terms = Table(
    "terms",
    metadata,
    id_column(),
    Column("name", String(60), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    *stamps(),
    CheckConstraint("starts_on < ends_on", name="in_order"),
    ExcludeConstraint((text("daterange(starts_on, ends_on, '[]')"), "&&"), name="ex_terms_days"),
)
scope(terms, read_by_all=True)

courses = Table(
    "courses",
    metadata,
    id_column(),
    Column("code", String(20), nullable=False),
    Column("name", String(60), nullable=False),
    Column("credits", Numeric(4, 1), nullable=False),
    Column("education_levels", ARRAY(Text), nullable=False),
    Column("status", Text, nullable=False),
    *stamps(),
    UniqueConstraint("code", name="uq_courses_code"),
    CheckConstraint("credits > 0", name="credits"),
    CheckConstraint("cardinality(education_levels) > 0", name="education_levels"),
    one_of("status", CourseStatus),
)
scope(courses, read_by_all=True)

course_versions = Table(
    "course_versions",
    metadata,
    id_column(),
    Column("course_id", Uuid, ForeignKey("courses.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("description", String(200)),
    Column("status", Text, nullable=False),
    *stamps(),
    UniqueConstraint("course_id", "number", name="uq_course_versions_number"),
    Index("uq_course_versions_in_use", "course_id", unique=True, postgresql_where=text("status = 'in_use'")),
    one_of("status", CourseVersionStatus),
)
scope(course_versions, read_by_all=True)

assessment_requirements = Table(
    "assessment_requirements",
    metadata,
    id_column(),
    Column("course_version_id", Uuid, ForeignKey("course_versions.id"), nullable=False),
    Column("coursework_percent", Integer, nullable=False),
    Column("final_percent", Integer, nullable=False),
    Column("exam_kind", Text),
    Column("state", Text, nullable=False),
    Column("note", String(500)),
    Column("entered_by", Uuid),
    Column("reviewed_by", Uuid),
    instant("reviewed_at", nullable=True),
    *stamps(),
    Index("ix_assessment_requirements_course_version_id", "course_version_id"),
    Index(
        "uq_assessment_requirements_approved",
        "course_version_id",
        unique=True,
        postgresql_where=text("state = 'approved'"),
    ),
    CheckConstraint("coursework_percent >= 0 AND final_percent >= 0", name="percents"),
    CheckConstraint("coursework_percent + final_percent = 100", name="percents_make_100"),
    CheckConstraint("(final_percent > 0) = (exam_kind IS NOT NULL)", name="exam_kind_with_final_only"),
    one_of("exam_kind", ExamKind),
    one_of("state", AssessmentRequirementState),
)
scope(assessment_requirements, read_by_all=True)
