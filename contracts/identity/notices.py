"""Notices: what people are told of decisions, once a student, a teaching point or an applicant; each reads it alone."""

from uuid import UUID

from pydantic import Field

from contracts.base import Command, Page, PageQuery, Query, View
from contracts.stored import Sentence, StoredName, StoredNumber, Word
from contracts.types import Code, Flag, Ids, Instant


class NoticeView(View):
    """A decision that the reader is told of: as a student, at a teaching point, or because they asked for it."""

    id: UUID
    told_at: Instant
    service: Word = Field(description="The service whose row it is about.")
    workflow: Word
    action: Word = Field(description="What was done.")
    state: Word = Field(description="The state that it led to; the row may have gone on since.")
    message: Sentence
    subject_id: UUID = Field(description="The row that it is about.")
    number: StoredNumber | None = Field(description="Its number, where it has one.")
    student_id: UUID | None
    student_number: StoredNumber | None = Field(description="Empty where the student is not the reader's any more.")
    student_name: StoredName | None = Field(description="Empty as the number.")
    read: bool = Field(description="By the reader; others of the teaching point read for themselves.")


class UnreadNotices(View):
    """How many notices the reader has not read."""

    unread: int


class ListNotices(PageQuery, answers=Page[NoticeView], order="-told_at"):
    """What the acting user is told, of the last 180 days; never what they did themselves."""

    unread_only: Flag = Field(default=False, description="Only what the reader has not read.", examples=[False])
    workflow: Code | None = Field(default=None, description="Only of this workflow.", examples=["withdrawal"])


class CountUnreadNotices(Query, answers=UnreadNotices):
    """How many notices the acting user has not read."""


class MarkNoticesRead(Command, answers=UnreadNotices):
    """Note that the acting user has read these; how many are left. What is not told to them, or is gone, is passed
    over."""

    notice_ids: Ids = Field(description="The notices.")


class MarkAllNoticesRead(Command, answers=UnreadNotices):
    """Note that the acting user has read everything that they are told up to an instant; how many are left."""

    until: Instant | None = Field(
        default=None, description="`told_at` of the newest notice that was seen; now where it is left out."
    )
