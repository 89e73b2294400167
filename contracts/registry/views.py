"""What the registry answers."""

from uuid import UUID

from pydantic import Field

from contracts.base import Contract, View
from contracts.common import HistoryStepView
from contracts.registry.states import (
    ConfirmationState,
    IdKind,
    PriorEducationCheck,
    StatusChangeKind,
    StatusChangeState,
)
from contracts.types import (
    Code,
    Day,
    Email,
    EnrolmentStatus,
    FiveElements,
    Gender,
    Instant,
    MobileNumber,
    PersonName,
    PhoneNumber,
    ShortText,
    Text,
)


class Contact(Contract):
    """How a student is reached."""

    mobile: MobileNumber | None = Field(default=None, description="Mobile number.")
    email: Email | None = Field(default=None, description="E-mail address.")
    phone: PhoneNumber | None = Field(default=None, description="Another phone.")
    home_address: Text | None = Field(default=None, description="Where the student lives.", examples=["徐州市云龙区"])
    postal_address: Text | None = Field(default=None, description="Where post goes.", examples=["徐州市泉山区"])
    postcode: Code | None = Field(default=None, description="Postcode.", examples=["221000"])
    employer: ShortText | None = Field(default=None, description="Place of work.", examples=["某某公司"])


class PriorEducation(Contract):
    """前置学历."""

    level: ShortText | None = Field(default=None, description="Level.", examples=["专科"])
    school: ShortText | None = Field(default=None, description="School.", examples=["某某职业技术学院"])
    major: ShortText | None = Field(default=None, description="Major.", examples=["会计"])
    graduated_on: Day | None = Field(default=None, description="Day of graduation.")
    certificate_number: Code | None = Field(default=None, description="Number of the certificate.")
    name_then: PersonName | None = Field(default=None, description="Name on it, where it differs.")
    check: PriorEducationCheck = Field(
        default=PriorEducationCheck.UNCHECKED, description="Outcome of the verification."
    )


class StudentView(FiveElements, View):
    """A student in lists. The ID number is masked."""

    id: UUID
    student_number: str
    name: str
    gender: Gender
    id_number_masked: str
    teaching_point_id: UUID
    teaching_point_name: str | None
    intake: str
    major_name: str
    status: EnrolmentStatus
    confirmation: ConfirmationState
    status_change_open: bool
    version: int


class StudentRecord(StudentView):
    """The whole student record."""

    id_kind: IdKind
    id_number: str
    birth_on: Day
    ethnicity: str = Field(description="Code of GB/T 3304.")
    political_status: str | None
    programme_id: UUID
    degree_intent: bool
    enrolled_on: Day
    contact: Contact
    prior_education: PriorEducation
    account_refusal: str | None = Field(
        default=None,
        description="Code of why the student has no account and can't sign in (`username_taken`); empty when nothing"
        " is known to be wrong.",
    )


class StatusChangeView(View):
    """学籍异动."""

    id: UUID
    student_id: UUID
    student_number: str
    student_name: str
    kind: StatusChangeKind
    state: StatusChangeState
    waiting_for_bills: int | None = Field(description="Bills being paid that a transfer waits for.")
    from_teaching_point_id: UUID | None
    to_teaching_point_id: UUID | None
    from_on: Day | None
    until_on: Day | None
    voluntary: bool | None
    reason: str
    requested_by: UUID
    requested_at: Instant
    version: int


class StatusChangeDetails(StatusChangeView):
    """学籍异动 with its history."""

    history: tuple[HistoryStepView, ...]


class StudentCount(View):
    """Students of one point and status."""

    teaching_point_id: UUID
    status: EnrolmentStatus
    count: int


class StudentStatistics(View):
    """How many students there are."""

    items: tuple[StudentCount, ...]
