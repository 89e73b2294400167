"""What every kind of reviewed request asks and answers. A kind adds what it is about; `chassis.requests` does the rest.

class LeaveView(RequestView):
    reader_id: UUID
    state: LeaveState

class GrantLeaves(Decision, request="leave"):
    leave_ids: Ids = Field(description="The leaves.")
"""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.base import Query, TryableCommand, View
from contracts.common import HistoryStepView, ReasonCount, Refusal, RowResults
from contracts.stored import StoredName, StoredText, StoredTitle, Word
from contracts.types import Day, FileReference, Instant, Note

MOST_FILES = 10
Files = Annotated[tuple[FileReference, ...], Field(max_length=MOST_FILES)]
"""Uploads that come with a request; how many its kind takes the kind says."""
SomeFiles = Annotated[tuple[FileReference, ...], Field(min_length=1, max_length=MOST_FILES)]


class RequestResult(View):
    """What became of asking about one thing."""

    subject_id: UUID = Field(description="What was asked about.")
    request_id: UUID | None = None
    state: Word | None = None
    refusals: tuple[Refusal, ...] = ()


class RequestResults(View):
    """One result a thing, in the order asked; `done` requests were made, or would be by a command that is tried."""

    items: tuple[RequestResult, ...]
    done: int
    reasons: tuple[ReasonCount, ...] = Field(default=(), description="Why things were refused, the commonest first.")


class Decision(TryableCommand, answers=RowResults):
    """A step that somebody takes with some requests, each with its own result."""

    note: Note | None = Field(default=None, description="Remark for the record.")


class RequestedBetween(Query):
    """What lists of requests and their figures can be filtered by, whatever the kind. The oldest come first in them."""

    order: ClassVar[str] = "requested_at"

    requested_from: Day | None = Field(default=None, description="Only asked for on this day or later.")
    requested_to: Day | None = Field(default=None, description="Only asked for on this day or earlier.")


class RequestView(View):
    """A request in a list; a kind adds its state and what it is about."""

    id: UUID
    reason: StoredText
    entered_by: UUID | None = Field(description="Empty for what the system asked for.")
    entered_by_name: StoredName
    requested_at: Instant
    version: int


class AttachmentView(View):
    """A file that belongs to a request."""

    file_id: UUID
    name: StoredTitle
    size: int
    media_type: Word
    added_by_name: StoredName
    added_at: Instant


class RequestDetails(View):
    """What the page of one request shows beside its row."""

    history: tuple[HistoryStepView, ...]
    attachments: tuple[AttachmentView, ...] = ()


class StateCount(View):
    """How many requests are in one state."""

    state: Word
    count: int


class StateCounts(View):
    """How many of the requests that the actor sees are in which state, in the order of the workflow."""

    items: tuple[StateCount, ...]
    total: int
