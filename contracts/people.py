"""What is told of people, whichever service keeps it: how they are reached and what they had completed before."""

from pydantic import Field

from contracts.base import Contract
from contracts.stored import (
    StoredCode,
    StoredDay,
    StoredEmail,
    StoredLine,
    StoredMobile,
    StoredNumber,
    StoredPersonName,
    StoredPhone,
    StoredShortText,
)
from contracts.types import (
    Code,
    Day,
    DocumentNumber,
    Email,
    MobileNumber,
    PersonName,
    PhoneNumber,
    PriorEducationCheck,
    PriorLevel,
    ShortText,
    Text,
)


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
    id_number_then: StoredNumber | None = Field(default=None, description="ID number on it, where it differs.")
    check: PriorEducationCheck = Field(
        default=PriorEducationCheck.UNCHECKED, description="Outcome of the verification."
    )


class ContactInput(Contract, extra="forbid"):
    """How a student is reached."""

    mobile: MobileNumber | None = Field(default=None, description="Mobile number.")
    email: Email | None = Field(default=None, description="E-mail address.")
    phone: PhoneNumber | None = Field(default=None, description="Another phone.")
    home_address: Text | None = Field(default=None, description="Where the student lives.", examples=["徐州市云龙区"])
    postal_address: Text | None = Field(default=None, description="Where post goes.", examples=["徐州市泉山区"])
    postcode: Code | None = Field(default=None, description="Postcode.", examples=["221000"])
    employer: ShortText | None = Field(default=None, description="Place of work.", examples=["某某公司"])


class ApplicantContact(ContactInput):
    """How somebody is reached who has no account yet."""

    mobile: MobileNumber = Field(description="Mobile number.")


class PriorEducationInput(Contract, extra="forbid"):
    """前置学历: what a person had completed before (ENR-4)."""

    level: PriorLevel = Field(description="Level.")
    school: ShortText = Field(description="School.", examples=["某某职业技术学院"])
    major: ShortText | None = Field(default=None, description="Major.", examples=["会计"])
    graduated_on: Day = Field(description="Day of graduation.", examples=["2018-06-30"])
    certificate_number: Code = Field(description="Number of the certificate.", examples=["123451201806000001"])
    name_then: PersonName | None = Field(default=None, description="Name on it, where it differs from today's.")
    id_number_then: DocumentNumber | None = Field(
        default=None, description="ID number on it, where it differs from today's.", examples=["32031119980520001X"]
    )
