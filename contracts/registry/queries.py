"""What the registry can be asked."""

from enum import StrEnum

from pydantic import Field

from contracts.base import Contract, KeysetPage, KeysetQuery, Page, PageQuery, Query
from contracts.registry.states import ConfirmationState, StatusChangeKind, StatusChangeState
from contracts.registry.views import (
    CancellationStatement,
    RecordStatement,
    StatusChangeDetails,
    StatusChangeView,
    StudentRecord,
    StudentStatistics,
    StudentView,
)
from contracts.requests import RequestedBetween, StateCounts
from contracts.types import (
    EnrolmentStatus,
    FileReference,
    Id,
    IntakeCode,
    Label,
    Level,
    MajorCode,
    NumberBeginning,
    SchoolingLength,
    SearchText,
)


class StudentFilters(Contract):
    """What students are looked for by."""

    intake: IntakeCode | None = Field(default=None, description="Only of this intake.")
    level: Level | None = Field(default=None, description="Only of this level.")
    student_type: Label | None = Field(default=None, description="Only of this student type.")
    student_source: Label | None = Field(default=None, description="Only of this student source.")
    major_code: MajorCode | None = Field(default=None, description="Only of this major.")
    schooling_length: SchoolingLength | None = Field(default=None, description="Only of this schooling length.")
    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")
    student_number: NumberBeginning | None = Field(default=None, description="Beginning of the student number.")
    name: SearchText | None = Field(default=None, description="Part of the name.", examples=["晓明"])
    status: EnrolmentStatus | None = Field(default=None, description="Only in this status.")
    confirmation: ConfirmationState | None = Field(default=None, description="Only in this confirmation state.")
    account_refused: bool | None = Field(
        default=None, description="Only those who were refused an account and can't sign in, or only the others."
    )


class ListStudents(
    StudentFilters,
    PageQuery,
    answers=Page[StudentView],
    order="student_number",
    sorts=("name",),
    together=(
        ("teaching_point_id", "intake"),
        ("teaching_point_id", "status"),
        ("teaching_point_id", "name"),
        ("intake", "major_code"),
        ("intake", "level"),
        ("intake", "student_type"),
        ("intake", "status"),
        ("major_code", "level"),
        ("status", "confirmation"),
    ),
    looked_at=("account_refused",),
):
    """Students."""


class GetStudent(Query, answers=StudentRecord):
    """A student record."""

    student_id: Id = Field(description="The student.")


class StudentGrouping(StrEnum):
    """What students are counted by."""

    POINT = "point"  # and by status there
    STATUS = "status"


class GetStudentStatistics(Query, answers=StudentStatistics):
    """Students by status, of each teaching point or of all together."""

    group_by: StudentGrouping = Field(default=StudentGrouping.POINT, description="What to count by.")
    intake: IntakeCode | None = Field(default=None, description="Only of this intake.")


class GetStudentImportTemplate(Query, answers=FileReference):
    """The workbook to fill in for an import, with its choices and an explanation of each column."""


class ListRecordStatements(KeysetQuery, answers=KeysetPage[RecordStatement]):
    """Every student record as `reconcile` compares it with admissions and accounts."""


class ListCancellationStatements(KeysetQuery, answers=KeysetPage[CancellationStatement]):
    """Every cancelled admission that the registry has heard of: it may have no record, and be right."""


class StatusChangeFilters(RequestedBetween):
    """What status changes and their figures can be filtered by."""

    student_id: Id | None = Field(default=None, description="Only of this student.")
    kind: StatusChangeKind | None = Field(default=None, description="Only of this kind.")
    teaching_point_id: Id | None = Field(default=None, description="Only of students of this point.")


class ListStatusChanges(
    StatusChangeFilters,
    PageQuery,
    answers=Page[StatusChangeView],
    request="status_change",
    order="-requested_at",
    looked_at=("kind",),
):
    """Status changes."""

    state: StatusChangeState | None = Field(default=None, description="Only in this state.")


class CountStatusChanges(StatusChangeFilters, answers=StateCounts, request="status_change"):
    """How many status changes are in which state."""


class GetStatusChange(Query, answers=StatusChangeDetails, request="status_change"):
    """A status change with its history and its files."""

    status_change_id: Id = Field(description="The status change.")


class GetStatusChangeFile(Query, answers=FileReference, request="status_change"):
    """A file of a status change."""

    status_change_id: Id = Field(description="The status change.")
    file_id: Id = Field(description="The file.")
