"""The way back: build the text block of a card from its fields, for simulated cards and for tests."""

from collections import defaultdict
from collections.abc import Mapping

from contracts.device.events import CardKind
from services.device.domain.layouts import ENCODING, KIND_AT, KINDS, LAYOUTS, TEXT_BYTES


def encode(kind: CardKind, texts: Mapping[str, str]) -> bytes:
    """The 256-byte block that holds these texts. Raises `ValueError` when one does not fit its place."""
    block = bytearray(" ".encode(ENCODING) * (TEXT_BYTES // 2))
    left: defaultdict[str, bytes] = defaultdict(bytes)
    left.update({field: text.encode(ENCODING) for field, text in texts.items()})
    for place in LAYOUTS[kind]:
        piece, left[place.field] = left[place.field][: place.length], left[place.field][place.length :]
        block[place.offset : place.offset + len(piece)] = piece
    if too_long := [field for field, rest in left.items() if rest]:
        raise ValueError(f"does not fit or has no place on this card: {', '.join(too_long)}")
    block[KIND_AT : KIND_AT + 2] = next(flag for flag, k in KINDS.items() if k is kind).encode(ENCODING)
    return bytes(block)
