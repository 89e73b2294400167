"""What enrollment can be told to do."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts.base import Command, TryableCommand
from contracts.common import RowResults, TaskView
from contracts.enrollment.queries import ApplicationFilters
from contracts.enrollment.views import AdmissionRoundDetails, ApplicationDetails
from contracts.exports import Export
from contracts.field_problem import FieldProblemError
from contracts.imports import Import
from contracts.people import ApplicantContact, PriorEducationInput
from contracts.types import (
    Code,
    Day,
    DocumentNumber,
    EthnicityCode,
    FiveElements,
    Gender,
    Id,
    IdKind,
    Ids,
    Instant,
    IntakeCode,
    Label,
    Level,
    Note,
    PersonName,
    PriorEducationCheck,
    ShortText,
    Text,
    Unique,
    Version,
)

# --- rounds (ENR-1) ---

PointIds = Annotated[tuple[Id, ...], Field(min_length=1, max_length=2000), Unique]


class _AdmissionRoundFields(TryableCommand):
    name: ShortText = Field(description="Name.", examples=["2026年秋季招生"])
    opens_at: Instant = Field(description="First moment to enter forms.")
    closes_at: Instant = Field(description="Entering ends before this.", examples=["2026-09-15T00:00:00+08:00"])
    review_closes_at: Instant = Field(
        description="The school's review ends before this.", examples=["2026-09-25T00:00:00+08:00"]
    )
    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=len(Level)), Unique] = Field(
        description="The levels for which it is.", examples=[["top_up_bachelor", "junior_college"]]
    )
    teaching_point_ids: PointIds | None = Field(
        default=None, description="The points that take part; all of them when left out."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.opens_at < self.closes_at <= self.review_closes_at:
            raise FieldProblemError("window_reversed")
        return self


class CreateAdmissionRound(_AdmissionRoundFields, answers=AdmissionRoundDetails):
    """Add a draft round. Refused: `admission_round_code_taken`, `some_not_found`."""

    code: Code = Field(description="Code, unique.", examples=["ZS202609"])
    intake: IntakeCode = Field(description="The intake in which the admitted start.")


class UpdateAdmissionRound(_AdmissionRoundFields, answers=AdmissionRoundDetails):
    """Change a round, also a published one: forms that are entered stay. Refused: `some_not_found`."""

    admission_round_id: Id = Field(description="The round.")
    version: Version


class PublishAdmissionRound(TryableCommand, answers=AdmissionRoundDetails):
    """`draft` → `published`: inside its window points enter forms."""

    admission_round_id: Id = Field(description="The round.")
    version: Version


# --- forms (ENR-3..7) ---


class _ApplicationForm(FiveElements, Command):
    """What a form tells: who it is, what they are to study, and what they had completed before."""

    name: PersonName = Field(description="Name as on the document.")
    gender: Gender = Field(description="Gender; it agrees with a resident number.")
    id_kind: IdKind = Field(default=IdKind.RESIDENT, description="Kind of document.")
    id_number: DocumentNumber = Field(description="Its number.", examples=["32031119980520001X"])
    birth_on: Day | None = Field(
        default=None, description="Birth date; a resident number tells it.", examples=["1998-05-20"]
    )
    ethnicity: EthnicityCode
    political_status: Label | None = Field(default=None, description="Political status.", examples=["群众"])
    card_address: Text | None = Field(
        default=None, description="Address on the document.", examples=["江苏省徐州市云龙区"]
    )
    issuing_authority: ShortText | None = Field(
        default=None, description="Who issued the document.", examples=["徐州市公安局"]
    )
    id_valid_from: Day | None = Field(
        default=None, description="First day on which the document is valid.", examples=["2016-05-20"]
    )
    id_valid_until: Day | None = Field(
        default=None, description="Last day; empty where it has none.", examples=["2036-05-20"]
    )
    contact: ApplicantContact = Field(description="How the person is reached.")
    prior_education: PriorEducationInput = Field(description="What was completed before.")


class EnterApplication(_ApplicationForm, answers=ApplicationDetails):
    """A point enters a form; by that it has passed the first review (初审通过).

    Refused: `validation_failed` with what is wrong at which field, `admission_round_closed`,
    `point_not_in_round`, `level_not_in_round`, `application_exists`, `already_enrolled_at_level`,
    `teaching_point_not_enabled`; with a signup `not_found`, `step_not_allowed`.
    """

    admission_round_id: Id = Field(description="The round.")
    teaching_point_id: Id | None = Field(default=None, description="The point; the caller's own when left out.")
    signup_id: Id | None = Field(default=None, description="The quick signup of which the form is made.")


class ImportApplications(Import, answers=TaskView):
    """Import application forms from a table (the template's columns), as a task.

    Good rows come in, bad rows come back in a workbook with every reason beside them; with `dry_run` all rows are
    checked and none comes in. Refused: `workbook_unreadable`, `workbook_columns_missing`, `workbook_too_many_rows`,
    `too_many_own_tasks`, `too_many_tasks`.
    """


class UpdateApplication(_ApplicationForm, answers=ApplicationDetails):
    """Correct a form before the school has admitted it. Refused: as `EnterApplication`, `application_decided`,
    `stale_version`."""

    application_id: Id = Field(description="The form.")
    version: Version


class ResendApplications(TryableCommand, answers=RowResults):
    """Send rejected forms again after they were corrected: `rejected` → `first_review_passed`.

    Refused by row: `not_found`, `step_not_allowed`, `admission_round_closed`, `point_not_in_round`,
    `level_not_in_round`, `teaching_point_not_enabled`, `application_exists`, `already_enrolled_at_level`.
    """

    application_ids: Ids = Field(description="The forms.")


class WithdrawApplications(TryableCommand, answers=RowResults):
    """Take forms back before the school has admitted anybody by them → `withdrawn`.

    Refused by row: `not_found`, `step_not_allowed`.
    """

    application_ids: Ids = Field(description="The forms.")
    note: Note | None = Field(default=None, description="Why.", examples=["本人放弃报名"])


class AdmitApplications(TryableCommand, answers=RowResults):
    """The school's second review: `first_review_passed` → `admitted`. Each gets a student number; record and account
    follow.

    Refused by row: `not_found`, `step_not_allowed`, `decides_own_request`, `review_closed`,
    `already_enrolled_at_level`, `prior_education_false`, `prior_education_too_low`, `no_programme_matches`,
    `teaching_point_not_enabled`, `number_part_does_not_fit`. Refused: `numbers_used_up`.
    """

    application_ids: Ids = Field(description="The forms.")
    note: Note | None = Field(default=None, description="Remark for the record.")


class RejectApplications(TryableCommand, answers=RowResults):
    """The school's second review: `first_review_passed` → `rejected`. The point may correct and send again.

    Refused by row: `not_found`, `step_not_allowed`, `decides_own_request`, `review_closed`.
    """

    application_ids: Ids = Field(description="The forms.")
    note: Note = Field(description="Why; the point reads it.")


class CancelAdmissions(TryableCommand, answers=RowResults):
    """Take admissions back: `admitted` → `admission_cancelled`. With the record end the account, what is unpaid and
    what is not sat; courses that are paid are put up for withdrawal. The student number is never given again. Who has
    left or graduated meanwhile keeps the record's status.

    Refused by row: `not_found`, `step_not_allowed`, `decides_own_request`.
    """

    application_ids: Ids = Field(description="The forms.")
    note: Note = Field(description="Why; the point reads it.", examples=["入学资格审查不合格"])


class RecordPriorEducationCheck(Command, answers=ApplicationDetails):
    """What the national verification of the prior education said. Who was admitted by what is `false` is admitted no
    more, as by `CancelAdmissions`. Refused: `stale_version`, `application_decided`, `decides_own_request`."""

    application_id: Id = Field(description="The form.")
    version: Version
    check: PriorEducationCheck = Field(description="What it said.", examples=["verified"])


class ImportPriorEducationChecks(Import, answers=TaskView):
    """Take in what the national verification said, from a table (the template's columns), as a task.

    A row is about the forms with its document number and name, and its certificate number where it has one. Good rows
    come in, bad rows come back in a workbook with every reason beside them; with `dry_run` all rows are checked and
    none comes in. Who was admitted by what is `false` is admitted no more, as by `CancelAdmissions`. Refused:
    `workbook_unreadable`, `workbook_columns_missing`, `workbook_too_many_rows`, `too_many_own_tasks`, `too_many_tasks`.
    """


class ExportApplications(ApplicationFilters, Export, answers=TaskView):
    """Forms as a file, as a task: what the list shows with the same filters. Refused: `export_too_large`,
    `export_column_unknown`, `sort_not_supported`, `filter_not_supported`, `too_many_own_tasks`, `too_many_tasks`."""
