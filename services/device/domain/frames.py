"""SAM_V frames: how a card reader with a security module talks over a serial line (docs/device.md).

    host → reader   AA AA AA 96 69 | length | command, parameter, data | checksum
    reader → host   AA AA AA 96 69 | length | status (3 bytes), data   | checksum

The length is big-endian and counts everything after itself; the checksum is the XOR of everything between the
preamble and itself, the length included.
"""

from dataclasses import dataclass, field
from enum import Enum
from functools import reduce
from operator import xor

PREAMBLE = bytes.fromhex("AAAAAA9669")
_LENGTH_BYTES = 2
_SHORTEST_BODY = 4  # three status bytes and the checksum
_LONGEST_BODY = 4096  # the longest known answer (text, portrait, two fingerprints) has 2,314


class Command(bytes, Enum):
    """Command and parameter bytes. Fingerprints (30 10) are never asked for."""

    STATUS = bytes.fromhex("11FF")
    FIND_CARD = bytes.fromhex("2001")
    SELECT_CARD = bytes.fromhex("2002")
    READ_CARD = bytes.fromhex("3001")
    READ_NEWEST_ADDRESS = bytes.fromhex("3003")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the reader. `status` is its own status byte, `card_status` the card's two.

    `data` may be what is on a card: kept out of every representation, like `Scan.rest`.
    """

    card_status: bytes
    status: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Scan:
    """What is at the start of a stream of bytes, and what has to be kept for the next look."""

    answer: Answer | None
    damaged: bool
    rest: bytes = field(repr=False)


def command_frame(command: Command) -> bytes:
    """The whole frame of a command, ready to be written to the line."""
    return _frame(command.value)


def answer_frame(answer: Answer) -> bytes:
    """The whole frame of an answer, as a reader sends it."""
    return _frame(answer.card_status + bytes([answer.status]) + answer.data)


def take_answer(received: bytes) -> Scan:
    """Find the first answer in what was received; noise before it is skipped.

    Without a whole frame `answer` is None and `rest` holds what may become one. `damaged` says that a frame
    was there whose checksum or length was wrong.
    """
    damaged = False
    while True:
        start = received.find(PREAMBLE)
        if start < 0:
            return Scan(None, damaged, received[-(len(PREAMBLE) - 1) :])
        received = received[start:]
        body_at = len(PREAMBLE) + _LENGTH_BYTES
        if len(received) < body_at:
            return Scan(None, damaged, received)
        length = int.from_bytes(received[len(PREAMBLE) : body_at], "big")
        if not _SHORTEST_BODY <= length <= _LONGEST_BODY:
            damaged, received = True, received[1:]
            continue
        if len(received) < body_at + length:
            return Scan(None, damaged, received)
        checked = received[len(PREAMBLE) : body_at + length]
        if reduce(xor, checked):
            damaged, received = True, received[1:]
            continue
        body = received[body_at : body_at + length - 1]
        return Scan(Answer(body[:2], body[2], body[3:]), damaged, received[body_at + length :])


def _frame(body: bytes) -> bytes:
    checked = (len(body) + 1).to_bytes(_LENGTH_BYTES, "big") + body
    return PREAMBLE + checked + bytes([reduce(xor, checked)])
