"""What courses can be asked."""

from enum import StrEnum

from pydantic import Field

from contracts.base import Contract, KeysetPage, KeysetQuery, Page, PageQuery, Query
from contracts.courses.catalogue_views import CourseDetails, CourseView, ProgrammeDetails, ProgrammeView, TermView
from contracts.courses.states import (
    AssessmentRequirementState,
    CourseStatus,
    ProgrammeStatus,
    RoundStatus,
    SelectionState,
    WithdrawalState,
)
from contracts.courses.views import (
    CohortStudent,
    Plan,
    SelectionRoundDetails,
    SelectionRoundView,
    SelectionStatement,
    SelectionStatistics,
    SelectionView,
    WithdrawalDetails,
    WithdrawalView,
)
from contracts.requests import RequestedBetween, StateCounts
from contracts.types import (
    EducationLevel,
    Id,
    IntakeCode,
    Label,
    Level,
    MajorCode,
    SchoolingLength,
    SearchText,
)


class ListTerms(PageQuery, answers=Page[TermView], order="starts_on"):
    """The term calendar."""


class ListCourses(PageQuery, answers=Page[CourseView], order="code", sorts=("name", "credits")):
    """The catalogue."""

    search: SearchText | None = Field(default=None, description="Part of a code or name.")
    status: CourseStatus | None = Field(default=None, description="Only in this status.")
    education_level: EducationLevel | None = Field(default=None, description="Only for this level.")
    requirement_state: AssessmentRequirementState | None = Field(
        default=None, description="Only with an assessment requirement in this state."
    )


class GetCourse(Query, answers=CourseDetails):
    """A course with versions and assessment requirements."""

    course_id: Id = Field(description="The course.")


class ListProgrammes(PageQuery, answers=Page[ProgrammeView], order="code", sorts=("name", "from_intake")):
    """Programmes. With all five elements and the intake it is the one that a student would study by."""

    search: SearchText | None = Field(default=None, description="Part of a code or name.")
    status: ProgrammeStatus | None = Field(default=None, description="Only in this status.")
    level: Level | None = Field(default=None, description="Only of this level.")
    student_type: Label | None = Field(default=None, description="Only for this student type.")
    student_source: Label | None = Field(default=None, description="Only for this student source.")
    major_code: MajorCode | None = Field(default=None, description="Only of this major.")
    schooling_length: SchoolingLength | None = Field(default=None, description="Only of this length.")
    intake: IntakeCode | None = Field(default=None, description="Only those in force for this intake.")
    teaching_point_id: Id | None = Field(default=None, description="Only those offered there.")


class GetProgramme(Query, answers=ProgrammeDetails):
    """A programme with modules, courses, conditions and where it is offered."""

    programme_id: Id = Field(description="The programme.")


class ListSelectionRounds(PageQuery, answers=Page[SelectionRoundView], order="-opens_at", sorts=("code",)):
    """Selection rounds."""

    status: RoundStatus | None = Field(default=None, description="Only in this status.")
    open_now: bool | None = Field(default=None, description="Only those whose window is open, or is not.")


class GetSelectionRound(Query, answers=SelectionRoundDetails):
    """A selection round with its courses."""

    selection_round_id: Id = Field(description="The round.")


class GetPlan(Query, answers=Plan):
    """A student's programme with the state of each course, and what speaks against selecting it now."""

    student_id: Id = Field(description="The student.")


class SelectionFilters(Contract):
    """What selections are looked for by."""

    student_id: Id | None = Field(default=None, description="Only of this student.")
    course_id: Id | None = Field(default=None, description="Only of this course.")
    selection_round_id: Id | None = Field(default=None, description="Only in this round.")
    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")
    state: SelectionState | None = Field(default=None, description="Only in this state.")
    intake: IntakeCode | None = Field(default=None, description="Only of this intake.")
    search: SearchText | None = Field(
        default=None, description="Part of a student's name, or the beginning of the student number."
    )


class ListSelections(
    SelectionFilters,
    PageQuery,
    answers=Page[SelectionView],
    order="-selected_at",
    sorts=("student_number", "course_code"),
    together=(
        ("teaching_point_id", "selection_round_id"),
        ("teaching_point_id", "state"),
        ("teaching_point_id", "intake"),
        ("selection_round_id", "course_id"),
        ("selection_round_id", "state"),
        ("course_id", "state"),
    ),
    looked_at=("search",),
):
    """Selections."""


class GetSelection(Query, answers=SelectionView):
    """One selection."""

    selection_id: Id = Field(description="The selection.")


class ListCohort(PageQuery, answers=Page[CohortStudent], order="student_number", sorts=("name", "status")):
    """The students of one intake and programme, from whom a batch selection chooses."""

    intake: IntakeCode = Field(description="Their intake.")
    level: Level = Field(description="Their level.")
    student_type: Label = Field(default="开放教育", description="Their student type.")
    student_source: Label = Field(default="开放教育", description="Their student source.")
    major_code: MajorCode = Field(description="Their major.")
    schooling_length: SchoolingLength = Field(description="Their schooling length.")
    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")


class WithdrawalFilters(RequestedBetween):
    """What withdrawals and their figures can be filtered by."""

    student_id: Id | None = Field(default=None, description="Only of this student.")
    course_id: Id | None = Field(default=None, description="Only of this course.")
    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")
    selection_round_id: Id | None = Field(default=None, description="Only of selections in this round.")
    search: SearchText | None = Field(
        default=None, description="Part of a student's name, or the beginning of the student number."
    )


class ListWithdrawals(
    WithdrawalFilters,
    PageQuery,
    answers=Page[WithdrawalView],
    request="withdrawal",
    sorts=("student_number",),
    together=(("teaching_point_id", "state"), ("course_id", "state")),
    looked_at=("selection_round_id", "search"),
):
    """Withdrawals."""

    state: WithdrawalState | None = Field(default=None, description="Only in this state.")


class CountWithdrawals(WithdrawalFilters, answers=StateCounts, request="withdrawal"):
    """How many withdrawals are in which state."""


class GetWithdrawal(Query, answers=WithdrawalDetails, request="withdrawal"):
    """A withdrawal with its history."""

    withdrawal_id: Id = Field(description="The withdrawal.")


class StatisticsGrouping(StrEnum):
    """What selection figures are counted by, besides the round."""

    ROUND = "round"
    POINT = "point"
    COURSE = "course"
    POINT_AND_COURSE = "point_and_course"


class GetSelectionStatistics(Query, answers=SelectionStatistics):
    """Selections of a round by point and course."""

    selection_round_id: Id = Field(description="The round.")
    group_by: StatisticsGrouping = Field(default=StatisticsGrouping.COURSE, description="What to count by.")
    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")


class ListSelectionStatements(KeysetQuery, answers=KeysetPage[SelectionStatement]):
    """Every selection as `reconcile` compares it with bills and registrations."""
