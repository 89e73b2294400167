"""What courses can be told about calendar, catalogue and programmes. All by the school registrar."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts.base import Command, Contract, TryableCommand
from contracts.courses.catalogue_views import (
    AssessmentRequirementView,
    CourseDetails,
    CourseVersionView,
    ProgrammeDetails,
    TermView,
)
from contracts.field_problem import FieldProblemError
from contracts.types import (
    Code,
    Credits,
    Day,
    EducationLevel,
    ExamKind,
    FiveElements,
    Flag,
    Id,
    IntakeCode,
    Note,
    Percent,
    SchoolingLength,
    ShortText,
    TermNumber,
    Text,
    Unique,
    Version,
)

PositiveCredits = Annotated[Credits, Field(gt=0)]
EducationLevels = Annotated[tuple[EducationLevel, ...], Field(min_length=1, max_length=2), Unique]

# --- calendar (CRS-13) ---


class _TermFields(Command):
    name: ShortText = Field(description="Name of the term.", examples=["2026年秋季学期"])
    starts_on: Day = Field(description="First day.", examples=["2026-09-01"])
    ends_on: Day = Field(description="Last day.", examples=["2027-01-31"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on <= self.starts_on:
            raise FieldProblemError("window_reversed")
        return self


class CreateTerm(_TermFields, answers=TermView):
    """Add a term to the calendar. Refused: `terms_overlap`."""


class UpdateTerm(_TermFields, answers=TermView):
    """Change a term. Refused: `terms_overlap`, `stale_version`."""

    term_id: Id = Field(description="The term.")
    version: Version


# --- catalogue (CRS-1) ---


class CreateCourse(Command, answers=CourseDetails):
    """Add a draft course. Refused: `course_code_taken`."""

    code: Code = Field(description="Code, unique in the catalogue.")
    name: ShortText = Field(description="Name.", examples=["计算机应用基础"])
    credits: PositiveCredits = Field(description="Credits.")
    education_levels: EducationLevels = Field(
        description="Whose students may take it.", examples=[["undergraduate", "junior_college"]]
    )


class UpdateCourse(Command, answers=CourseDetails):
    """Change a course. Of a published one only the name: `course_not_draft`."""

    course_id: Id = Field(description="The course.")
    version: Version
    name: ShortText = Field(description="Name.", examples=["计算机应用基础"])
    credits: PositiveCredits = Field(description="Credits.")
    education_levels: EducationLevels = Field(description="Whose students may take it.", examples=[["undergraduate"]])


class PublishCourse(TryableCommand, answers=CourseDetails):
    """`draft` → `published`. Refused: `step_not_allowed`."""

    course_id: Id = Field(description="The course.")
    version: Version


class RetireCourse(TryableCommand, answers=CourseDetails):
    """`published` → `retired`: no new selections, those there are run on."""

    course_id: Id = Field(description="The course.")
    version: Version


class AddCourseVersion(Command, answers=CourseVersionView):
    """Add a draft version of a course; its number is the next."""

    course_id: Id = Field(description="The course.")
    description: Text | None = Field(default=None, description="What is new.", examples=["2026版教材"])


class UseCourseVersion(Command, answers=CourseVersionView):
    """Put a version in use; the one used before is retired."""

    course_version_id: Id = Field(description="The version.")
    version: Version


class AddAssessmentRequirement(Command, answers=AssessmentRequirementView):
    """Propose how a course version is assessed; it counts once approved. The two parts make 100 %."""

    course_version_id: Id = Field(description="The course version.")
    coursework_percent: Percent = Field(description="Weight of the coursework.")
    final_percent: Percent = Field(description="Weight of the final; 0 when there is none.")
    exam_kind: ExamKind | None = Field(default=None, description="How the final is sat; left out without a final.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.coursework_percent + self.final_percent != 100:
            raise FieldProblemError("percents_not_100")
        if (self.final_percent > 0) != (self.exam_kind is not None):
            raise FieldProblemError("exam_kind_with_final_only")
        return self


class ApproveAssessmentRequirement(TryableCommand, answers=AssessmentRequirementView):
    """`pending` → `approved`; the earlier one becomes `superseded`. Refused: `decides_own_request`."""

    requirement_id: Id = Field(description="The requirement.")
    version: Version
    note: Note | None = Field(default=None, description="Remark for the record.")


class RejectAssessmentRequirement(TryableCommand, answers=AssessmentRequirementView):
    """`pending` → `rejected`. Refused: `decides_own_request`."""

    requirement_id: Id = Field(description="The requirement.")
    version: Version
    note: Note = Field(description="Why not.")


# --- programmes (CRS-2) ---


class ProgrammeCourseInput(Contract, extra="forbid"):
    """A course of a module."""

    course_id: Id = Field(description="The course.")
    suggested_term: TermNumber = Field(description="Term of study in which to take it.")
    compulsory: Flag = Field(default=True, description="Whether graduation needs it.")
    degree_only: Flag = Field(default=False, description="Only for students who want the degree.")


class ModuleInput(Contract, extra="forbid"):
    """A module with its courses."""

    name: ShortText = Field(description="Name.", examples=["专业核心课"])
    minimum_credits: Credits = Field(description="Credits to earn in it at least.", examples=["12.0"])
    courses: Annotated[tuple[ProgrammeCourseInput, ...], Field(max_length=200)] = Field(description="Its courses.")


class GraduationConditionsInput(Contract, extra="forbid"):
    """What graduation takes. The pre-audit credits are below the total."""

    total_credits: PositiveCredits = Field(description="Credits in all.", examples=["76.0"])
    minimum_years: SchoolingLength = Field(description="Years of study at least.")
    maximum_years: SchoolingLength = Field(description="Years after which the record expires.", examples=["8"])
    transfer_cap: Credits | None = Field(default=None, description="Credits by credit transfer at most.")
    pre_audit_credits: Credits = Field(description="Credits for the pre-audit list.", examples=["60.0"])

    @model_validator(mode="after")
    def _below_total(self) -> Self:
        if self.pre_audit_credits >= self.total_credits:
            raise FieldProblemError("pre_audit_not_below_total")
        return self


class DegreeConditionsInput(Contract, extra="forbid"):
    """What the degree takes."""

    minimum_average: Credits = Field(description="Average of the degree courses.", examples=["75.0"])
    minimum_thesis_mark: Percent = Field(description="Mark of the thesis.", examples=[80])
    foreign_language_required: Flag = Field(default=True, description="Whether the language exam is needed.")


class _ProgrammeFields(FiveElements, Command):
    name: ShortText = Field(description="Name.", examples=["计算机科学与技术(专升本)2026版"])
    major_name: ShortText = Field(description="Name of the major.", examples=["计算机科学与技术"])
    from_intake: IntakeCode = Field(description="First intake that studies by it.")
    early_selection: Flag = Field(default=True, description="Whether courses may be taken before their term.")
    modules: Annotated[tuple[ModuleInput, ...], Field(min_length=1, max_length=20)] = Field(description="Modules.")
    graduation: GraduationConditionsInput = Field(description="Conditions of graduation.")
    degree: DegreeConditionsInput | None = Field(default=None, description="Conditions of the degree, if any.")

    @model_validator(mode="after")
    def _each_course_once(self) -> Self:
        courses = [course.course_id for module in self.modules for course in module.courses]
        if len(set(courses)) != len(courses):
            raise FieldProblemError("list_has_doubles")
        return self


class CreateProgramme(_ProgrammeFields, answers=ProgrammeDetails):
    """Add a draft programme. Refused: `programme_code_taken`, `some_not_found` (courses)."""

    code: Code = Field(description="Code, unique; later versions keep it.", examples=["080901-ZSB"])


class UpdateProgramme(_ProgrammeFields, answers=ProgrammeDetails):
    """Change a draft. Refused: `programme_not_draft`: published ones never change, make a new version."""

    programme_id: Id = Field(description="The programme.")
    version: Version


class CreateProgrammeVersion(Command, answers=ProgrammeDetails):
    """Copy a published programme into a draft for a later intake."""

    programme_id: Id = Field(description="The programme to copy.")
    from_intake: IntakeCode = Field(description="First intake of the new version.")


class PublishProgramme(TryableCommand, answers=ProgrammeDetails):
    """`draft` → `published`. Refused: `programme_version_exists` (same elements and first intake)."""

    programme_id: Id = Field(description="The programme.")
    version: Version


class OfferProgramme(TryableCommand, answers=ProgrammeDetails):
    """Set the teaching points where a programme is offered; also of a published one."""

    programme_id: Id = Field(description="The programme.")
    version: Version
    teaching_point_ids: Annotated[tuple[Id, ...], Field(max_length=2000), Unique] = Field(
        description="All points that offer it."
    )
