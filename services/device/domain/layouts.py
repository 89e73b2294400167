"""Where each field stands in the 256-byte text block of the four kinds of card (GA/T 490; docs/device.md).

The block is UTF-16LE padded with spaces; offsets and lengths are in bytes. One character says which kind it
is.
"""

from dataclasses import dataclass

from contracts.device.events import CardKind

TEXT_BYTES = 256
ENCODING = "utf-16-le"

KIND_AT = 248
KINDS = {
    " ": CardKind.RESIDENT,
    "J": CardKind.HONG_KONG_MACAO_TAIWAN_PERMIT,
    "I": CardKind.FOREIGN_PERMANENT_RESIDENT_2017,
    "Y": CardKind.FOREIGN_PERMANENT_RESIDENT_2023,
}


@dataclass(frozen=True, slots=True)
class Place:
    """One stretch of the block. A field may stand in two of them."""

    field: str
    offset: int
    length: int


def _layout(*places: tuple[str, int, int]) -> tuple[Place, ...]:
    return tuple(Place(*place) for place in places)


# A field is called as in the contract; `valid_until` and its like are read further by decoding.py.
LAYOUTS = {
    CardKind.RESIDENT: _layout(
        ("name", 0, 30),
        ("sex", 30, 2),
        ("ethnic_code", 32, 4),
        ("birth_date", 36, 16),
        ("address", 52, 70),
        ("id_number", 122, 36),
        ("issuing_authority", 158, 30),
        ("valid_from", 188, 16),
        ("valid_until", 204, 16),
    ),
    # Bytes 32–35 are not used on the permit.
    CardKind.HONG_KONG_MACAO_TAIWAN_PERMIT: _layout(
        ("name", 0, 30),
        ("sex", 30, 2),
        ("birth_date", 36, 16),
        ("address", 52, 70),
        ("id_number", 122, 36),
        ("issuing_authority", 158, 30),
        ("valid_from", 188, 16),
        ("valid_until", 204, 16),
        ("travel_permit_number", 220, 18),
        ("issue_count", 238, 4),
    ),
    CardKind.FOREIGN_PERMANENT_RESIDENT_2017: _layout(
        ("english_name", 0, 120),
        ("sex", 120, 2),
        ("id_number", 122, 30),
        ("nationality", 152, 6),
        ("name", 158, 30),
        ("valid_from", 188, 16),
        ("valid_until", 204, 16),
        ("birth_date", 220, 16),
        ("card_version", 236, 4),
        ("accepting_office_code", 240, 8),
    ),
    CardKind.FOREIGN_PERMANENT_RESIDENT_2023: _layout(
        ("name", 0, 30),
        ("sex", 30, 2),
        ("issue_count", 32, 4),
        ("birth_date", 36, 16),
        ("english_name", 52, 70),
        ("id_number", 122, 36),
        ("valid_from", 188, 16),
        ("valid_until", 204, 16),
        ("english_name", 220, 22),
        ("nationality", 242, 6),
        ("earlier_number_link", 250, 6),
    ),
}

# Fields that a card may leave blank without anything being wrong.
OPTIONAL = {
    CardKind.RESIDENT: frozenset[str](),
    CardKind.HONG_KONG_MACAO_TAIWAN_PERMIT: frozenset({"issue_count"}),
    CardKind.FOREIGN_PERMANENT_RESIDENT_2017: frozenset({"name", "card_version", "accepting_office_code"}),
    CardKind.FOREIGN_PERMANENT_RESIDENT_2023: frozenset({"name", "issue_count", "earlier_number_link"}),
}
