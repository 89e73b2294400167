"""What enrollment answers."""

from uuid import UUID

from pydantic import Field

from contracts.base import View
from contracts.common import HistoryStepView, Refusal
from contracts.enrollment.states import AdmissionRoundStatus, ApplicationState, PreCheck
from contracts.people import Contact, PriorEducation
from contracts.stored import (
    StoredCode,
    StoredDay,
    StoredElements,
    StoredLine,
    StoredMobile,
    StoredName,
    StoredNumber,
    StoredShortText,
    StoredTitle,
    Word,
)
from contracts.types import Gender, IdKind, Instant, Level, PriorEducationCheck


class AdmissionRoundView(View):
    """招生批次."""

    id: UUID
    code: StoredNumber
    name: StoredTitle
    intake: StoredNumber
    opens_at: Instant
    closes_at: Instant
    review_closes_at: Instant
    levels: tuple[Level, ...]
    status: AdmissionRoundStatus
    version: int


class AdmissionRoundDetails(AdmissionRoundView):
    """招生批次 with the points that take part."""

    every_point: bool = Field(description="Whether all teaching points take part, also those that come later.")
    teaching_point_ids: tuple[UUID, ...] = Field(description="Those that take part, where not all do.")


class ApplicationView(StoredElements, View):
    """A form in lists. The ID number is masked."""

    id: UUID
    number: StoredNumber
    name: StoredName
    gender: Gender
    id_number_masked: StoredNumber
    teaching_point_id: UUID
    teaching_point_name: StoredTitle | None
    admission_round_id: UUID
    admission_round_code: StoredNumber | None = Field(default=None, description="Code of the round.")
    intake: StoredNumber
    major_name: StoredTitle
    state: ApplicationState
    prior_check: PriorEducationCheck
    student_number: StoredNumber | None
    sent_at: Instant
    version: int


class PreCheckResult(View):
    """What the machine found about a form."""

    check: PreCheck
    met: bool
    blocking: bool = Field(description="Whether the form can't be admitted as long as it is not met.")
    refusal: Refusal | None = Field(description="Why not; empty where it is met.")


class LikelyDouble(ApplicationView):
    """Another form that may be the same person's: the same name and birth date by another document."""

    id_kind: IdKind
    birth_on: StoredDay
    mobile: StoredMobile
    prior_school: StoredShortText
    prior_certificate_number: StoredCode


class ApplicationDetails(ApplicationView):
    """The whole form, what the machine found about it, and its history."""

    id_kind: IdKind
    id_number: StoredNumber
    birth_on: StoredDay
    ethnicity: Word = Field(description="Code of GB/T 3304.")
    political_status: StoredTitle | None
    card_address: StoredLine | None
    issuing_authority: StoredShortText | None
    id_valid_from: StoredDay | None
    id_valid_until: StoredDay | None
    programme_id: UUID
    contact: Contact
    prior_education: PriorEducation
    entered_by_name: StoredName
    admitted_at: Instant | None
    student_id: UUID | None
    recorded_at: Instant | None = Field(description="When the registry had made the record; empty until then.")
    studying: bool = Field(
        default=False, description="Whether they study by it, or may be about to: nobody begins the level twice."
    )
    refusal: Refusal | None = Field(description="Why the registry could not make a record, the newest time.")
    checks: tuple[PreCheckResult, ...]
    likely_doubles: tuple[LikelyDouble, ...] = Field(
        default=(), description="Other forms that may be the same person's, in the reader's sight; 20 at most."
    )
    history: tuple[HistoryStepView, ...]


class AdmissionStatement(View):
    """A form by which somebody was admitted, as `reconcile` compares it with the record."""

    id: UUID
    number: StoredNumber
    state: ApplicationState
    student_id: UUID
    student_number: StoredNumber
    name: StoredName
    teaching_point_id: UUID
    programme_id: UUID
    record_refused: bool = Field(description="Whether the registry has said that it makes no record.")
    changed_at: Instant


class ApplicationCount(View):
    """Forms in one state that have something in common: what they were counted by stands there, the rest is empty."""

    teaching_point_id: UUID | None
    level: Level | None
    major_name: StoredTitle | None
    day: StoredDay | None = Field(description="In Shanghai, on which they were sent.")
    state: ApplicationState
    count: int


class ApplicationStatistics(View):
    """How many forms there are, and how many of the intake before."""

    items: tuple[ApplicationCount, ...]
    intake_before: StoredNumber | None = Field(description="The newest intake with forms before the one asked about.")
    items_before: tuple[ApplicationCount, ...]


class ProgrammeChoice(View):
    """A value of one of the five elements that is left, and how many programmes have it."""

    value: Word
    name: StoredTitle | None = Field(description="What a major is called; empty for the other elements.")
    count: int


class ProgrammeChoices(View):
    """What is left to choose from, given what is chosen: of each element the values (ENR-5)."""

    level: tuple[ProgrammeChoice, ...]
    student_type: tuple[ProgrammeChoice, ...]
    student_source: tuple[ProgrammeChoice, ...]
    major_code: tuple[ProgrammeChoice, ...]
    schooling_length: tuple[ProgrammeChoice, ...]
    programme_id: UUID | None = Field(description="The one programme that fits; empty while there are several or none.")
