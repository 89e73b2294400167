"""What the registry can be told to do."""

from typing import Self

from pydantic import Field, model_validator

from contracts.base import Command, TryableCommand
from contracts.common import TaskView
from contracts.documents import IssueDocument, IssueDocuments
from contracts.exports import Export
from contracts.field_problem import FieldProblemError
from contracts.imports import Import
from contracts.people import ContactInput
from contracts.registry.queries import StudentFilters
from contracts.registry.views import StatusChangeDetails, StudentRecord
from contracts.requests import Decision, Files, SomeFiles
from contracts.types import (
    Day,
    Flag,
    Id,
    Ids,
    Note,
    Version,
)


class ImportStudents(Import, answers=TaskView):
    """Import student records from a table (the template's columns), as a task.

    Good rows come in, bad rows come back in a workbook with every reason beside them; with `dry_run` all rows are
    checked and none comes in. A point imports its own students only. Refused: `workbook_unreadable`,
    `workbook_columns_missing`, `workbook_too_many_rows`, `too_many_own_tasks`, `too_many_tasks`.
    """


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
    """休学: asks for `active` → `suspended`. It takes effect when a second person of the school approves it.

    Refused: `status_change_not_possible`, `status_day_in_future`, `another_change_open`, `stale_version`,
    `too_many_files`, `file_too_large`, `file_type_not_allowed`, `file_missing`.
    """

    student_id: Id = Field(description="The student.")
    version: Version
    from_on: Day = Field(description="First day, not after today.")
    until_on: Day | None = Field(default=None, description="Last day planned.", examples=["2027-01-31"])
    reason: Note = Field(description="Why.", examples=["因病休养"])
    attachments: Files = Field(default=(), description="What proves it: PNG, JPEG or PDF, up to 5 MB each.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until_on is not None and self.until_on < self.from_on:
            raise FieldProblemError("window_reversed")
        return self


class ResumeStudent(TryableCommand, answers=StatusChangeDetails):
    """复学: asks for `suspended` → `active`. It takes effect when a second person of the school approves it.

    Refused: `status_change_not_possible`, `status_day_in_future`, `another_change_open`, `stale_version`,
    `too_many_files`, `file_too_large`, `file_type_not_allowed`, `file_missing`.
    """

    student_id: Id = Field(description="The student.")
    version: Version
    on: Day = Field(description="First day of study, not after today.")
    reason: Note = Field(description="Why.", examples=["休学期满"])
    attachments: Files = Field(default=(), description="What proves it: PNG, JPEG or PDF, up to 5 MB each.")


class TransferStudent(TryableCommand, answers=StatusChangeDetails):
    """转教学点 of an active student: asks for it. Approved by a second person of the school it waits until finance has
    cleared it, and takes effect then.

    Refused: `status_change_not_possible`, `another_change_open`, `teaching_point_not_enabled`,
    `programme_not_offered`, `already_at_teaching_point`, `stale_version`, `too_many_files`, `file_too_large`,
    `file_type_not_allowed`, `file_missing`.
    """

    student_id: Id = Field(description="The student.")
    version: Version
    to_teaching_point_id: Id = Field(description="The receiving point; it must offer the student's programme.")
    reason: Note = Field(description="Why.", examples=["工作地点变动"])
    attachments: Files = Field(default=(), description="What proves it: PNG, JPEG or PDF, up to 5 MB each.")


class RemoveStudent(TryableCommand, answers=StatusChangeDetails):
    """退学: asks for `active` or `suspended` → `left`, which is final. It takes effect when a second person of the
    school approves it.

    Refused: `status_change_not_possible`, `another_change_open`, `stale_version`, `too_many_files`,
    `file_too_large`, `file_type_not_allowed`, `file_missing`.
    """

    student_id: Id = Field(description="The student.")
    version: Version
    voluntary: Flag = Field(description="By the student's own wish; otherwise automatic.")
    reason: Note = Field(description="Why.", examples=["个人原因"])
    attachments: Files = Field(default=(), description="What proves it: PNG, JPEG or PDF, up to 5 MB each.")


class ApproveStatusChanges(Decision, request="status_change"):
    """The school agrees: `first_review_passed` → `approved`, which takes effect, a transfer → `pending_clearance`.

    Refused by row: `not_found`, `step_not_allowed`, `decides_own_request`, `status_change_not_possible`,
    `teaching_point_not_enabled`, `programme_not_offered`, `already_at_teaching_point`.
    """

    status_change_ids: Ids = Field(description="The status changes.")


class RejectStatusChanges(Decision, request="status_change"):
    """The school does not agree: `first_review_passed` → `rejected`. Nothing about the student changes.

    Refused by row: `not_found`, `step_not_allowed`, `decides_own_request`.
    """

    status_change_ids: Ids = Field(description="The status changes.")
    note: Note = Field(description="Why not; the applicant reads it.")


class RevokeStatusChanges(Decision, request="status_change"):
    """Takes back what has not taken effect → `revoked`: out of `first_review_passed` who asked for it, a transfer out
    of `pending_clearance` anybody who may ask for changes.

    Refused by row: `not_found`, `step_not_allowed`, `not_own_request`.
    """

    status_change_ids: Ids = Field(description="The status changes.")


class AddStatusChangeFiles(Command, answers=StatusChangeDetails, request="status_change"):
    """Adds files to a status change of one's own about which the school has still to decide.

    Refused: `not_own_request`, `step_not_allowed`, `stale_version`, `too_many_files`, `file_too_large`,
    `file_type_not_allowed`, `file_missing`.
    """

    status_change_id: Id = Field(description="The status change.")
    version: Version
    attachments: SomeFiles = Field(description="PNG, JPEG or PDF, up to 5 MB each.")


class IssueEnrolmentCertificate(IssueDocument, answers=TaskView):
    """在读证明 of an active or suspended student, as a task. It has a number, a code and the day; anybody may check it.

    Refused: `student_not_enrolled`, `document_not_valid`, `document_private_characters`, `document_unknown_characters`,
    `numbers_used_up`, `too_many_own_tasks`, `too_many_tasks`.
    """

    student_id: Id = Field(description="The student.")


class IssueEnrolmentCertificates(StudentFilters, IssueDocuments, answers=TaskView):
    """在读证明 of all students that the list shows with the same filters, as a task. Who gets none stands at the end of
    the file, with the reason.

    Refused: `documents_none`, `documents_too_many`, `sort_not_supported`, `filter_not_supported`,
    `too_many_own_tasks`, `too_many_tasks`.
    """


class ExportStudents(StudentFilters, Export, answers=TaskView):
    """Students as a file, as a task: what the list shows with the same filters. Refused: `export_too_large`,
    `export_column_unknown`, `sort_not_supported`, `filter_not_supported`, `too_many_own_tasks`, `too_many_tasks`."""
