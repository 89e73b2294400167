"""A reviewed request that no service has, whole: readers of a library may stay away for some days.

The point that looks after a reader asks, somebody of the school decides, and a leave that is granted takes the place of
an earlier one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import Column, ForeignKey, Integer, String, Table, Uuid

from chassis.data.columns import id_column, stamps
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service
from chassis.requests.attachments import Attachments
from chassis.requests.kinds import RequestKind, Things
from chassis.requests.reviewed import reviewed
from chassis.requests.showing import Shown
from chassis.requests.tables import request_table
from chassis.requests.telling import telling
from chassis.work.number_templates import Day, NumberTemplate, Serial, Text
from chassis.work.reasons import Reason
from chassis.work.workflow import FOLLOWS, Step, Workflow, applicant, decider
from contracts import requests
from contracts.base import Command, Contract, Fact, Page, PageQuery, Query, TryableCommand
from contracts.notices import Decided
from contracts.settings import Setting
from contracts.types import FewIds, FileReference, Id, Ids, Note, Version


class LeaveState(StrEnum):
    PENDING, SEEN, GRANTED = "pending", "seen", "granted"
    REFUSED, REVOKED, SUPERSEDED = "refused", "revoked", "superseded"


class LeaveView(requests.RequestView):
    number: str
    reader_id: UUID
    days: int
    state: LeaveState


class LeaveDetails(LeaveView, requests.RequestDetails):
    pass


class AskForLeaves(TryableCommand, answers=requests.RequestResults, service="library", request="leave"):
    reader_ids: FewIds
    days: Annotated[int, Field(ge=1, le=365)]
    reason: Note
    attachments: requests.Files = ()


class GrantLeaves(requests.Decision, service="library", request="leave"):
    leave_ids: Ids


class RefuseLeaves(GrantLeaves, service="library", request="leave"):
    note: Note


class RevokeLeaves(GrantLeaves, service="library", request="leave"):
    pass


class AddLeaveFiles(Command, answers=LeaveDetails, service="library", request="leave"):
    leave_id: Id
    version: Version
    attachments: requests.SomeFiles


class LeaveFilters(requests.RequestedBetween):
    reader_id: Id | None = None


class ListLeaves(LeaveFilters, PageQuery, answers=Page[LeaveView], service="library", request="leave"):
    state: LeaveState | None = None


class CountLeaves(LeaveFilters, answers=requests.StateCounts, service="library", request="leave"):
    pass


class GetLeave(Query, answers=LeaveDetails, service="library", request="leave"):
    leave_id: Id


class GetLeaveFile(GetLeave, answers=FileReference, service="library", request="leave"):
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
        Step(PENDING, "revoke", applicant("library.ask"), REVOKED),
        Step(SEEN, "revoke", applicant("library.ask"), REVOKED),
        Step(GRANTED, "supersede", FOLLOWS, SUPERSEDED),
    ),
    open=(PENDING, SEEN),
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
    Column("days", Integer, nullable=False),
    subject=Column("reader_id", ForeignKey("readers.id"), nullable=False),
    number=NumberTemplate("leave", (Text("QJ"), Day("%Y"), Serial(5)), dense=False),
)
scope(leaves, point="teaching_point_id")


def against_leave(uow: UnitOfWork, asked: Things, command: AskForLeaves) -> dict[UUID, Reason | None]:
    """Nobody called Monk may stay away."""
    return {id_: Reason("not_found") if row.name == "Monk" else None for id_, row in asked.items()}


LEAVES = RequestKind(
    LEAVE,
    leaves,
    "reader_id",
    supersedes=GRANTED,
    effects={GRANTED: telling(LeavesGranted)},
    attachments=Attachments(most=3),
)


class Library(Service):
    name = "library"
    metadata = metadata
    decided = LibraryDecided
    leave_requests = reviewed(Shown(LEAVES), against_leave)
