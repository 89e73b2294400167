"""What the registry can be told to do."""

from typing import Self

from pydantic import Field, model_validator

from contracts.base import Command, Contract, TryableCommand
from contracts.common import TaskView
from contracts.errors.fields import FieldProblemError
from contracts.exports import Export
from contracts.registry.queries import StudentFilters
from contracts.registry.views import StatusChangeDetails, StudentRecord
from contracts.types import (
    Code,
    Day,
    Email,
    FileReference,
    Flag,
    Id,
    MobileNumber,
    Note,
    PhoneNumber,
    ShortText,
    Text,
    Version,
)


class ImportStudents(Command, answers=TaskView):
    """Import student records from a workbook (the template's columns), as a task.

    Good rows come in, bad rows come back in a workbook with every reason beside them. A point imports its
    own students only. Refused: `workbook_unreadable`, `workbook_columns_missing`, `workbook_too_many_rows`,
    `too_many_own_tasks`, `too_many_tasks`.
    """

    file: FileReference = Field(description="The workbook, as uploaded.")


class ContactInput(Contract, extra="forbid"):
    """How a student is reached."""

    mobile: MobileNumber | None = Field(default=None, description="Mobile number.")
    email: Email | None = Field(default=None, description="E-mail address.")
    phone: PhoneNumber | None = Field(default=None, description="Another phone.")
    home_address: Text | None = Field(default=None, description="Where the student lives.", examples=["徐州市云龙区"])
    postal_address: Text | None = Field(default=None, description="Where post goes.", examples=["徐州市泉山区"])
    postcode: Code | None = Field(default=None, description="Postcode.", examples=["221000"])
    employer: ShortText | None = Field(default=None, description="Place of work.", examples=["某某公司"])


class ChangeContact(Command, answers=StudentRecord):
    """Change contact details at once, without review (REG-3). What is left out is emptied."""

    student_id: Id = Field(description="The student.")
    version: Version
    contact: ContactInput = Field(description="All contact details.")


class RecordDegreeIntent(Command, answers=StudentRecord):
    """Record whether the student wants the degree: degree-only courses need it. Bachelor levels only."""

    student_id: Id = Field(description="The student.")
    version: Version
    wanted: Flag = Field(description="Whether the degree is wanted.")


class SuspendStudent(TryableCommand, answers=StatusChangeDetails):
    """休学: `active` → `suspended`, at once.

    Refused: `status_change_not_possible`, `status_day_in_future`, `another_change_open`, `stale_version`.
    """

    student_id: Id = Field(description="The student.")
    version: Version
    from_on: Day = Field(description="First day, not after today.")
    until_on: Day | None = Field(default=None, description="Last day planned.", examples=["2027-01-31"])
    reason: Note = Field(description="Why.", examples=["因病休养"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until_on is not None and self.until_on < self.from_on:
            raise FieldProblemError("window_reversed")
        return self


class ResumeStudent(TryableCommand, answers=StatusChangeDetails):
    """复学: `suspended` → `active`, at once.

    Refused: `status_change_not_possible`, `status_day_in_future`, `another_change_open`, `stale_version`.
    """

    student_id: Id = Field(description="The student.")
    version: Version
    on: Day = Field(description="First day of study, not after today.")
    reason: Note = Field(description="Why.", examples=["休学期满"])


class TransferStudent(TryableCommand, answers=StatusChangeDetails):
    """转教学点 of an active student; it takes effect when finance has cleared it.

    Refused: `status_change_not_possible`, `another_change_open`, `teaching_point_not_enabled`,
    `programme_not_offered`, `already_at_teaching_point`, `stale_version`.
    """

    student_id: Id = Field(description="The student.")
    version: Version
    to_teaching_point_id: Id = Field(description="The receiving point; it must offer the student's programme.")
    reason: Note = Field(description="Why.", examples=["工作地点变动"])


class RevokeTransfer(TryableCommand, answers=StatusChangeDetails):
    """`pending_clearance` → `revoked`. Refused: `step_not_allowed` once it has taken effect."""

    status_change_id: Id = Field(description="The transfer.")
    version: Version


class RemoveStudent(TryableCommand, answers=StatusChangeDetails):
    """退学: `active` or `suspended` → `left`. Final.

    Refused: `status_change_not_possible`, `another_change_open`, `stale_version`.
    """

    student_id: Id = Field(description="The student.")
    version: Version
    voluntary: Flag = Field(description="By the student's own wish; otherwise automatic.")
    reason: Note = Field(description="Why.", examples=["个人原因"])


class ExportStudents(StudentFilters, Export, answers=TaskView):
    """Students as a file, as a task: what the list shows with the same filters. Refused: `export_too_large`,
    `export_column_unknown`, `sort_not_supported`, `filter_not_supported`, `too_many_own_tasks`, `too_many_tasks`."""
