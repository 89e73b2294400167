"""A reviewed request that no service has, whole: readers of a library may stay away for some days.

The point that looks after a reader asks, somebody of the school decides, and a leave that is granted takes the place of
an earlier one.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import Column, Index, Integer, Row, String, Table, Uuid

from chassis.data.columns import id_column, stamps
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service, command, query
from chassis.requests.asking import deciding, entering
from chassis.requests.attachments import Attachments
from chassis.requests.kinds import RequestKind, Things
from chassis.requests.showing import Shown, attaching, attachment_of, counting, listing, page
from chassis.requests.tables import request_table
from chassis.work.number_templates import Day, NumberTemplate, Serial, Text
from chassis.work.numbers import number_column
from chassis.work.reasons import Reason
from chassis.work.to_do import Waiting
from chassis.work.workflow import FOLLOWS, Step, Workflow, acting_under, decider
from contracts.base import Command, Contract, Fact, Page, PageQuery, Query, TryableCommand
from contracts.notices import Decided
from contracts.requests import Decision, Files, RequestDetails, RequestResults, RequestView, SomeFiles, StateCounts
from contracts.settings import Setting
from contracts.types import FewIds, FileReference, Id, Ids, Note, Version


class LeaveState(StrEnum):
    PENDING, SEEN, GRANTED = "pending", "seen", "granted"
    REFUSED, REVOKED, SUPERSEDED = "refused", "revoked", "superseded"


class LeaveView(RequestView):
    number: str
    reader_id: UUID
    days: int
    state: LeaveState


class LeaveDetails(LeaveView, RequestDetails):
    pass


class AskForLeaves(TryableCommand, answers=RequestResults, service="library"):
    reader_ids: FewIds
    days: Annotated[int, Field(ge=1, le=365)]
    reason: Note
    attachments: Files = ()


class GrantLeaves(Decision, service="library"):
    leave_ids: Ids


class RefuseLeaves(GrantLeaves, service="library"):
    note: Note


class RevokeLeaves(GrantLeaves, service="library"):
    pass


class AddLeaveFiles(Command, answers=LeaveDetails, service="library"):
    leave_id: Id
    version: Version
    attachments: SomeFiles


class ListLeaves(PageQuery, answers=Page[LeaveView], service="library"):
    state: LeaveState | None = None
    reader_id: Id | None = None


class CountLeaves(Query, answers=StateCounts, service="library"):
    reader_id: Id | None = None


class GetLeave(Query, answers=LeaveDetails, service="library"):
    leave_id: Id


class GetLeaveFile(GetLeave, answers=FileReference, service="library"):
    file_id: Id


class GrantedLeave(Contract):
    reader_id: UUID
    days: int


class LeavesGranted(Fact, owner="library", version=1, rows="leaves", unheard=True):
    leaves: Annotated[tuple[GrantedLeave, ...], Field(max_length=500)]


class LibraryDecided(Decided, owner="library", version=1, unheard=True):
    pass


PENDING, SEEN, GRANTED, REFUSED, REVOKED, SUPERSEDED = LeaveState
TWO_LOOKS = Setting("two_looks", Annotated[bool, Field(strict=True)], default=False)
LIBRARIAN, HEAD = decider("library.decide"), decider("library.decide", besides=("decided_by",))
LEAVE = Workflow(
    "leave",
    PENDING,
    (
        Step(PENDING, "grant", LIBRARIAN, GRANTED, LeavesGranted, unless=TWO_LOOKS),
        Step(PENDING, "grant", LIBRARIAN, SEEN, when=TWO_LOOKS),
        Step(SEEN, "grant", HEAD, GRANTED, LeavesGranted),
        Step(PENDING, "refuse", LIBRARIAN, REFUSED),
        Step(SEEN, "refuse", HEAD, REFUSED),
        Step(PENDING, "revoke", acting_under("library.ask"), REVOKED),
        Step(SEEN, "revoke", acting_under("library.ask"), REVOKED),
        Step(GRANTED, "supersede", FOLLOWS, SUPERSEDED),
    ),
)

metadata = service_metadata("library")
readers = Table(
    "readers", metadata, id_column(), Column("teaching_point_id", Uuid), Column("name", String(40)), *stamps()
)
scope(readers, point="teaching_point_id")
leaves = request_table(
    "leaves",
    metadata,
    LEAVE,
    *number_column(),
    Column("days", Integer, nullable=False),
    Column("decided_by", Uuid),
    Index("ix_leaves_decided_by", "decided_by", "requested_at"),
    subject=Column("reader_id", Uuid, nullable=False),
    open_states=(PENDING, SEEN),
)
scope(leaves, point="teaching_point_id")


def against_leave(uow: UnitOfWork, asked: Things, command: AskForLeaves) -> dict[UUID, Reason | None]:
    """Nobody called Monk may stay away."""
    return {id_: Reason("not_found") if row.name == "Monk" else None for id_, row in asked.items()}


def tell(uow: UnitOfWork, granted: Sequence[Row[Any]]) -> None:
    uow.publish_rows(LeavesGranted, [GrantedLeave(reader_id=row.reader_id, days=row.days) for row in granted])


LEAVES = RequestKind(
    LEAVE,
    leaves,
    "reader_id",
    readers,
    (PENDING, SEEN),
    supersedes=GRANTED,
    effects={GRANTED: tell},
    decided_by={"grant": "decided_by", "refuse": "decided_by"},
    attachments=Attachments(most=3),
    number=NumberTemplate("leave", (Text("QJ"), Day("%Y"), Serial(5)), dense=False),
)
SHOWN = Shown(LEAVES)


class Library(Service):
    name = "library"
    metadata = metadata
    settings = (TWO_LOOKS,)
    decided = LibraryDecided
    to_do = (Waiting(LEAVE, leaves, ListLeaves),)
    conflicts: ClassVar[dict[str, str]] = {"uq_leaves_open": "request_already_open"}
    ask_for_leaves = command(entering(LEAVES, AskForLeaves, against_leave))
    grant_leaves = command(deciding(LEAVES, GrantLeaves, "grant"))
    refuse_leaves = command(deciding(LEAVES, RefuseLeaves, "refuse"))
    revoke_leaves = command(deciding(LEAVES, RevokeLeaves, "revoke"))
    add_leave_files = command(attaching(SHOWN, AddLeaveFiles))
    list_leaves = query(listing(SHOWN, ListLeaves))
    count_leaves = query(counting(SHOWN, CountLeaves))
    get_leave = query(page(SHOWN, GetLeave))
    get_leave_file = query(attachment_of(SHOWN, GetLeaveFile))
