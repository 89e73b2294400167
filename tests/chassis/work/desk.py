"""A service with one table whose rows take steps: requests on a desk, of which points see their own."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from sqlalchemy import Column, Integer, String, Table, Text, UniqueConstraint, Uuid

from chassis.data.columns import id_column, stamps
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.declaring.service import Service
from chassis.work.workflow import SYSTEM, Step, Workflow, acting_under, decider
from contracts.base import Fact
from contracts.notices import Decided

metadata = service_metadata("desk")
requests = Table(
    "requests",
    metadata,
    id_column(),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("subject", String(40), nullable=False),
    Column("status", Text, nullable=False),
    Column("entered_by", Uuid),
    Column("decided_by", Uuid),
    Column("answer", Text),
    Column("times", Integer, nullable=False, server_default="0"),
    *stamps(),
    UniqueConstraint("subject", name="uq_requests_subject"),
)
scope(requests, point="teaching_point_id")


class RequestsApproved(Fact, owner="desk", version=1, unheard=True):
    request_id: UUID


class DeskDecided(Decided, owner="desk", version=1, unheard=True):
    pass


REQUEST = Workflow(
    "request",
    "open",
    (
        Step("open", "approve", decider("desk.decide"), "approved", RequestsApproved),
        Step("open", "reject", decider("desk.decide"), "rejected"),
        Step("open", "revoke", acting_under("desk.enter"), "revoked"),
        Step("rejected", "close", SYSTEM, "closed"),
        Step("revoked", "close", SYSTEM, "gone"),
    ),
    column="status",
)


class Desk(Service):
    name = "desk"
    metadata = metadata
    conflicts: ClassVar[dict[str, str]] = {}
    decided = DeskDecided
