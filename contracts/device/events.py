"""The one event of the device agents: an identity card was read."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Base64Bytes, Field

from contracts.base import Contract, Fact

PORTRAIT_BYTES = 1024
"""Length of the portrait on a card: WLT, the card's own compressed format (docs/device.md)."""

# A representation that somebody logs by accident must not show who was at the counter.
_Private = Field(repr=False)


class CardKind(StrEnum):
    """The four cards that share the resident identity card's chip layout."""

    RESIDENT = "resident"
    HONG_KONG_MACAO_TAIWAN_PERMIT = "hong_kong_macao_taiwan_permit"
    FOREIGN_PERMANENT_RESIDENT_2017 = "foreign_permanent_resident_2017"
    FOREIGN_PERMANENT_RESIDENT_2023 = "foreign_permanent_resident_2023"


class Sex(StrEnum):
    """GB/T 2261.1."""

    UNKNOWN = "unknown"
    MALE = "male"
    FEMALE = "female"
    NOT_STATED = "not_stated"


class CardProblem(Contract):
    """A field of the card that does not hold what the standard says. Names the field, never its content."""

    field: str
    code: str


class IdentityCard(Contract):
    """The text of a card. A field that this kind of card lacks, or that could not be read, is `None`."""

    kind: CardKind
    id_number: Annotated[str | None, _Private] = None
    name: Annotated[str | None, _Private] = None
    english_name: Annotated[str | None, _Private] = None
    sex: Annotated[Sex | None, _Private] = None
    ethnic_code: Annotated[str | None, _Private, Field(description="GB/T 3304, two digits")] = None
    ethnicity: Annotated[str | None, _Private] = None
    nationality: Annotated[str | None, _Private, Field(description="ISO 3166-1 alpha-3")] = None
    birth_date: Annotated[date | None, _Private] = None
    address: Annotated[str | None, _Private] = None
    newest_address: Annotated[
        str | None, _Private, Field(description="Written to the chip after issue, when the holder moved")
    ] = None
    issuing_authority: Annotated[str | None, _Private] = None
    accepting_office_code: Annotated[str | None, _Private] = None
    valid_from: date | None = None
    valid_until: Annotated[date | None, Field(description="None as well when the card never expires")] = None
    never_expires: bool = False
    travel_permit_number: Annotated[str | None, _Private] = None
    issue_count: Annotated[str | None, _Private, Field(description="Times issued (permit) or renewed (2023 card)")] = (
        None
    )
    card_version: str | None = None
    earlier_number_link: Annotated[
        str | None,
        _Private,
        Field(description="2023 card: ties it to the holder's earlier 15-character number"),
    ] = None
    problems: tuple[CardProblem, ...] = ()


def _whole_portrait(portrait: bytes) -> bytes:
    if len(portrait) != PORTRAIT_BYTES:
        raise ValueError(f"a portrait has {PORTRAIT_BYTES} bytes")
    return portrait


class CardRead(Fact, owner="device", version=1, private=True):
    """A card was read at a station. Which station is the message's broker-validated `user_id`, never the payload."""

    reader: str
    card: IdentityCard
    portrait: Annotated[Base64Bytes, AfterValidator(_whole_portrait), _Private, Field(description="Raw WLT")]
