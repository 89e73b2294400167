"""Messages that did not get where they should, as every service shows its own and lets them be tried again or given up.
What they carry is not shown: it is about people, and nobody decides by it here."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Page, PageQuery, Query, TryableCommand, View
from contracts.common import Refusal, RowResults
from contracts.stored import StoredText, Word
from contracts.types import Id, Instant, Key, Unique

MessageIds = Annotated[tuple[Id, ...], Field(min_length=1, max_length=500), Unique]


class ParkedMessageState(StrEnum):
    """What becomes of a message that its service has not handled."""

    WAITING = "waiting"  # for what it needs; tried again by itself for a day
    DEAD = "dead"  # no rule or contract lets it in, or what it needs never came
    REFUSED = "refused"  # put aside and never run: it did not come from its owner


class ParkedMessageView(View):
    """A message that a service has received and not handled, and why."""

    id: UUID
    service: Word = Field(description="The service that has it.")
    type: Word = Field(description="The event's type; `unknown` of what is none.")
    event_version: int = Field(description="The event's version; -1 of what has none.")
    state: ParkedMessageState
    refusal: Refusal = Field(description="Why it was not handled.")
    detail: StoredText | None = Field(description="The fields that do not fit, or the kind of fault in the code.")
    attempts: int
    received_at: Instant = Field(description="When it came, or was last replayed.")
    next_at: Instant | None = Field(description="When it is tried again by itself.")
    sender: StoredText | None = Field(description="Who sent it, as the broker says.")
    exchange: StoredText | None
    routing_key: StoredText | None
    replayable: bool = Field(description="Whether it is dead and was kept whole.")


class ListParkedMessages(PageQuery, answers=Page[ParkedMessageView], order="-received_at"):
    """The messages of one service that wait, are dead or were put aside, the newest first."""

    state: ParkedMessageState | None = Field(default=None, description="Only in this state.")
    type: Key | None = Field(default=None, description="Only of this type.", examples=["bills_paid"])


class ReturnedMessageView(View):
    """A message that a service can't send: no queue takes it, or the row that it would show does not fit its contract.
    It is tried again by itself."""

    id: UUID | None = Field(default=None, description="What it is known by for as long as it can't be sent.")
    service: Word
    exchange: StoredText
    routing_key: StoredText = Field(description="Of a row that can't be shown the kind of state that it is.")
    row_id: UUID | None = Field(description="The row that can't be shown; empty where no queue takes a message.")
    created_at: Instant
    returned_at: Instant = Field(description="When that was found out last.")


class ReturnedMessages(View):
    """The oldest of them, and how many there are."""

    items: tuple[ReturnedMessageView, ...]
    total: int


class ListReturnedMessages(Query, answers=ReturnedMessages):
    """The messages that one service can't send, the oldest first, at most 200. They go by themselves when there is a
    queue again, or the row is right; they can be sent at once then, or given up."""


class ReplayMessages(TryableCommand, answers=RowResults):
    """Try messages again, at once, after what stopped them has been put right: `dead` → `waiting`. They are judged
    anew by who sent them. Messages that could not be sent are sent anew.

    Refused by row: `not_found`, `message_still_waiting`, `message_not_believed`, `message_not_kept`.
    """

    message_ids: MessageIds = Field(description="The messages.")


class DropMessages(TryableCommand, answers=RowResults):
    """Give up messages that are dead, were put aside or could not be sent, for good: `dead`, `refused` → `handled`.
    What they carried is erased, and a second copy that comes late is not handled either. Of a row that can't be shown
    others keep what they knew until it changes again.

    Refused by row: `not_found`, `message_still_waiting`.
    """

    message_ids: MessageIds = Field(description="The messages.")


MESSAGE_OPERATIONS = (ListParkedMessages, ListReturnedMessages, ReplayMessages, DropMessages)
