"""What the registry answers."""

from uuid import UUID

from pydantic import Field

from contracts.base import Contract, View
from contracts.registry.states import (
    ConfirmationState,
    IdKind,
    PriorEducationCheck,
    StatusChangeKind,
    StatusChangeState,
)
from contracts.requests import RequestDetails
from contracts.stored import (
    StoredCode,
    StoredDay,
    StoredElements,
    StoredEmail,
    StoredLine,
    StoredMobile,
    StoredName,
    StoredNumber,
    StoredPersonName,
    StoredPhone,
    StoredShortText,
    StoredText,
    StoredTitle,
    Word,
)
from contracts.types import EnrolmentStatus, Gender, Instant


class Contact(Contract):
    """How a student is reached."""

    mobile: StoredMobile | None = Field(default=None, description="Mobile number.")
    email: StoredEmail | None = Field(default=None, description="E-mail address.")
    phone: StoredPhone | None = Field(default=None, description="Another phone.")
    home_address: StoredLine | None = Field(
        default=None, description="Where the student lives.", examples=["徐州市云龙区"]
    )
    postal_address: StoredLine | None = Field(default=None, description="Where post goes.", examples=["徐州市泉山区"])
    postcode: StoredCode | None = Field(default=None, description="Postcode.", examples=["221000"])
    employer: StoredShortText | None = Field(default=None, description="Place of work.", examples=["某某公司"])


class PriorEducation(Contract):
    """前置学历."""

    level: StoredShortText | None = Field(default=None, description="Level.", examples=["专科"])
    school: StoredShortText | None = Field(default=None, description="School.", examples=["某某职业技术学院"])
    major: StoredShortText | None = Field(default=None, description="Major.", examples=["会计"])
    graduated_on: StoredDay | None = Field(default=None, description="Day of graduation.")
    certificate_number: StoredCode | None = Field(default=None, description="Number of the certificate.")
    name_then: StoredPersonName | None = Field(default=None, description="Name on it, where it differs.")
    check: PriorEducationCheck = Field(
        default=PriorEducationCheck.UNCHECKED, description="Outcome of the verification."
    )


class StudentView(StoredElements, View):
    """A student in lists. The ID number is masked."""

    id: UUID
    student_number: StoredNumber
    name: StoredName
    gender: Gender
    id_number_masked: StoredNumber
    teaching_point_id: UUID
    teaching_point_name: StoredTitle | None
    intake: StoredNumber
    major_name: StoredTitle
    status: EnrolmentStatus
    confirmation: ConfirmationState
    status_change_open: bool
    version: int


class StudentRecord(StudentView):
    """The whole student record."""

    id_kind: IdKind
    id_number: StoredNumber
    birth_on: StoredDay
    ethnicity: Word = Field(description="Code of GB/T 3304.")
    political_status: StoredTitle | None
    programme_id: UUID
    degree_intent: bool
    enrolled_on: StoredDay
    contact: Contact
    prior_education: PriorEducation
    account_refusal: Word | None = Field(
        default=None,
        description="Code of why the student has no account and can't sign in (`username_taken`); empty when nothing"
        " is known to be wrong.",
    )


class StatusChangeView(View):
    """学籍异动."""

    id: UUID
    student_id: UUID
    student_number: StoredNumber
    student_name: StoredName
    kind: StatusChangeKind
    state: StatusChangeState
    waiting_for_bills: int | None = Field(description="Bills being paid that a transfer waits for.")
    from_teaching_point_id: UUID | None
    to_teaching_point_id: UUID | None
    from_on: StoredDay | None
    until_on: StoredDay | None
    voluntary: bool | None
    reason: StoredText
    requested_by: UUID
    requested_at: Instant
    version: int
    decided_by: UUID | None = Field(default=None, description="Who of the school approved or rejected it.")


class StatusChangeDetails(StatusChangeView, RequestDetails):
    """学籍异动 with its history and its files."""


class StudentCount(View):
    """Students of one point and status."""

    teaching_point_id: UUID
    status: EnrolmentStatus
    count: int


class StudentStatistics(View):
    """How many students there are."""

    items: tuple[StudentCount, ...]
