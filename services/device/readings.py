"""From a reader's raw contents to the message on the wire: pure functions."""

import base64
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.base import Envelope
from contracts.device.events import PORTRAIT_BYTES, CardRead, IdentityCard
from services.device.domain.contents import Contents
from services.device.domain.decoding import CardNotUnderstood, decode

# Whether a card has expired is a question of the calendar at the counter.
_HERE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Reading:
    """A decoded card and its message."""

    reading_id: UUID
    card: IdentityCard = field(repr=False)
    body: bytes = field(repr=False)


def make_reading(reader: str, contents: Contents, *, reading_id: UUID, read_at: datetime) -> Reading:
    """Decode a card and put it in its envelope. Raises `CardNotUnderstood`."""
    if len(contents.portrait) != PORTRAIT_BYTES:
        raise CardNotUnderstood("card_unreadable")
    card = decode(contents.text, read_at.astimezone(_HERE).date(), contents.newest_address)
    event = CardRead(reader=reader, card=card, portrait=base64.b64encode(contents.portrait))
    envelope = Envelope.of(event, event_id=reading_id, occurred_at=read_at, correlation_id=reading_id)
    return Reading(reading_id, card, envelope.model_dump_json().encode())
