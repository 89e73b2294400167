"""What courses answers about calendar, catalogue and programmes."""

from uuid import UUID

from pydantic import Field

from contracts.base import View
from contracts.courses.states import (
    AssessmentRequirementState,
    CourseStatus,
    CourseVersionStatus,
    ProgrammeStatus,
)
from contracts.types import (
    Credits,
    Day,
    EducationLevel,
    ExamKind,
    FiveElements,
)


class TermView(View):
    """A term of the calendar."""

    id: UUID
    name: str
    starts_on: Day
    ends_on: Day
    version: int


class AssessmentRequirementView(View):
    """课程考核要求: how much coursework and the final count."""

    id: UUID
    course_version_id: UUID
    coursework_percent: int
    final_percent: int = Field(description="0: the course has no final exam.")
    exam_kind: ExamKind | None
    state: AssessmentRequirementState
    note: str | None = Field(description="Of the review.")
    version: int


class CourseVersionView(View):
    """A version of a course."""

    id: UUID
    course_id: UUID
    number: int
    description: str | None
    status: CourseVersionStatus
    requirements: tuple[AssessmentRequirementView, ...]
    version: int


class CourseView(View):
    """A course in the catalogue."""

    id: UUID
    code: str
    name: str
    credits: Credits
    education_levels: tuple[EducationLevel, ...]
    status: CourseStatus
    version: int


class CourseDetails(CourseView):
    """A course with its versions and their requirements."""

    versions: tuple[CourseVersionView, ...]


class ProgrammeCourseView(View):
    """A course of a programme."""

    course_id: UUID
    course_code: str
    course_name: str
    credits: Credits
    suggested_term: int
    compulsory: bool
    degree_only: bool = Field(description="Only for students who want the degree.")


class ModuleView(View):
    """A module of a programme."""

    id: UUID
    name: str
    minimum_credits: Credits
    courses: tuple[ProgrammeCourseView, ...]


class GraduationConditions(View):
    """What graduation takes."""

    total_credits: Credits
    minimum_years: str
    maximum_years: str
    transfer_cap: Credits | None = Field(description="Credits that may come from credit transfer at most.")
    pre_audit_credits: Credits = Field(description="Credits that put a student on the pre-audit list.")


class DegreeConditions(View):
    """What the bachelor's degree takes."""

    minimum_average: Credits
    minimum_thesis_mark: int
    foreign_language_required: bool


class ProgrammeView(FiveElements, View):
    """培养方案, in lists."""

    id: UUID
    code: str
    name: str
    major_name: str
    version_number: int
    status: ProgrammeStatus
    from_intake: str
    until_intake: str | None
    early_selection: bool = Field(description="Whether courses may be taken before their suggested term.")
    version: int


class ProgrammeDetails(ProgrammeView):
    """培养方案 with everything in it."""

    modules: tuple[ModuleView, ...]
    graduation: GraduationConditions
    degree: DegreeConditions | None
    teaching_point_ids: tuple[UUID, ...]
