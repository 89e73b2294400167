"""What enrollment can be asked."""

from enum import StrEnum

from pydantic import Field

from contracts.base import Contract, KeysetPage, KeysetQuery, Page, PageQuery, Query
from contracts.enrollment.states import AdmissionRoundStatus, ApplicationState
from contracts.enrollment.views import (
    AdmissionRoundDetails,
    AdmissionRoundView,
    AdmissionStatement,
    ApplicationDetails,
    ApplicationStatistics,
    ApplicationView,
    ProgrammeChoices,
)
from contracts.types import (
    FileReference,
    Id,
    IntakeCode,
    Label,
    Level,
    MajorCode,
    PriorEducationCheck,
    SchoolingLength,
    SearchText,
)


class ListAdmissionRounds(PageQuery, answers=Page[AdmissionRoundView], order="-opens_at", sorts=("code",)):
    """Admission rounds."""

    intake: IntakeCode | None = Field(default=None, description="Only of this intake.")
    status: AdmissionRoundStatus | None = Field(default=None, description="Only in this status.")
    open_now: bool | None = Field(default=None, description="Only those that take forms now, or that don't.")


class GetAdmissionRound(Query, answers=AdmissionRoundDetails):
    """An admission round with the points that take part."""

    admission_round_id: Id = Field(description="The round.")


class ApplicationFilters(Contract):
    """What forms are looked for by."""

    state: ApplicationState | None = Field(default=None, description="Only in this state.")
    admission_round_id: Id | None = Field(default=None, description="Only of this round.")
    intake: IntakeCode | None = Field(default=None, description="Only for this intake.")
    level: Level | None = Field(default=None, description="Only for this level.")
    student_type: Label | None = Field(default=None, description="Only of this student type.")
    student_source: Label | None = Field(default=None, description="Only of this student source.")
    major_code: MajorCode | None = Field(default=None, description="Only for this major.")
    schooling_length: SchoolingLength | None = Field(default=None, description="Only of this schooling length.")
    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")
    search: SearchText | None = Field(default=None, description="Part of the name, or the beginning of the number.")
    prior_check: PriorEducationCheck | None = Field(
        default=None, description="Only where the verification of the prior education stands so."
    )


class ListApplications(
    ApplicationFilters,
    PageQuery,
    answers=Page[ApplicationView],
    order="-sent_at",
    together=(
        ("teaching_point_id", "state"),
        ("admission_round_id", "state"),
        ("admission_round_id", "teaching_point_id"),
        ("intake", "state"),
    ),
    looked_at=("prior_check", "search"),
):
    """Application forms."""


class ApplicationGrouping(StrEnum):
    """What forms are counted by, besides their states."""

    POINT = "point"
    PROGRAMME = "programme"
    DAY = "day"


class GetApplicationStatistics(Query, answers=ApplicationStatistics):
    """How many forms are in which state, by point, programme or day, beside the intake before (ENR-10)."""

    intake: IntakeCode | None = Field(default=None, description="Only for this intake.")
    group_by: ApplicationGrouping = Field(default=ApplicationGrouping.POINT, description="What to count by.")
    level: Level | None = Field(default=None, description="Only for this level.")
    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")


class GetApplication(Query, answers=ApplicationDetails):
    """A form with what the machine found about it, and its history."""

    application_id: Id = Field(description="The form.")


class GetApplicationImportTemplate(Query, answers=FileReference):
    """The workbook to fill in for an import, with its choices and an explanation of each column."""


class GetPriorEducationCheckImportTemplate(Query, answers=FileReference):
    """The workbook to fill in with what the national verification said."""


class ListAdmissionStatements(KeysetQuery, answers=KeysetPage[AdmissionStatement]):
    """Every form by which somebody was admitted, as `reconcile` compares it with records."""


class GetProgrammeChoices(Query, answers=ProgrammeChoices):
    """What of the five elements is left to choose from at a teaching point in a round. Refused: `not_found`,
    `point_not_in_round`."""

    admission_round_id: Id = Field(description="The round.")
    teaching_point_id: Id | None = Field(default=None, description="The point; the caller's own when left out.")
    level: Level | None = Field(default=None, description="Chosen already.")
    student_type: Label | None = Field(default=None, description="Chosen already.")
    student_source: Label | None = Field(default=None, description="Chosen already.")
    major_code: MajorCode | None = Field(default=None, description="Chosen already.")
    schooling_length: SchoolingLength | None = Field(default=None, description="Chosen already.")
