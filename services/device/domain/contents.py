"""What a reader hands over of a card, in a SAM_V answer or as a storage card's stream.

Both begin with the lengths of what follows, big-endian: text, then portrait.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from contracts.device.events import PORTRAIT_BYTES
from services.device.domain.layouts import TEXT_BYTES

_LENGTHS = TEXT_BYTES.to_bytes(2, "big") + PORTRAIT_BYTES.to_bytes(2, "big")
STREAM_BYTES = len(_LENGTHS) + TEXT_BYTES + PORTRAIT_BYTES
_BLOCK_BYTES = 256
_OK = b"\x90\x00"


class CardFailed(Exception):
    """The card could not be read. `notice` names what to tell the person at the counter."""

    def __init__(self, notice: str, *, again: bool = False) -> None:
        super().__init__(notice)
        self.notice = notice
        self.again = again


@dataclass(frozen=True, slots=True)
class Contents:
    """The raw bytes of one card. Personal data: kept out of every representation."""

    text: bytes = field(repr=False)
    portrait: bytes = field(repr=False)
    newest_address: bytes = field(default=b"", repr=False)


def parse_stream(stream: bytes) -> Contents:
    """Split `lengths, text, portrait`. Raises `CardFailed` when lengths or size are not an identity card's."""
    if not stream.startswith(_LENGTHS):
        raise CardFailed("not_an_identity_card")
    if len(stream) != STREAM_BYTES:
        raise CardFailed("card_unreadable", again=True)
    text_at = len(_LENGTHS)
    return Contents(stream[text_at : text_at + TEXT_BYTES], stream[text_at + TEXT_BYTES :])


def build_stream(contents: Contents) -> bytes:
    """The stream that `parse_stream` reads, for simulated cards."""
    return _LENGTHS + contents.text + contents.portrait


def read_storage_card(transmit: Callable[[bytes], bytes]) -> Contents:
    """Read a card that a PC/SC reader shows as a storage card (PC/SC part 3: READ BINARY, 256 bytes a block).

    `transmit` sends one APDU and returns the answer with its two status bytes. Raises `CardFailed`.
    """
    stream = b""
    block = 0
    while len(stream) < STREAM_BYTES:
        answer = transmit(bytes([0xFF, 0xB0, block, 0x00, 0x00]))
        if answer[-2:] != _OK:
            raise CardFailed("card_unreadable", again=True) if block else CardFailed("not_an_identity_card")
        stream += answer[:-2]
        if block == 0 and not stream.startswith(_LENGTHS):
            raise CardFailed("not_an_identity_card")
        block += 1
        if len(stream) < min(block * _BLOCK_BYTES, STREAM_BYTES):
            raise CardFailed("card_unreadable", again=True)
    return parse_stream(stream)
