"""A service whose workflow tells people and lets them wait: petitions of students, which two persons decide."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from sqlalchemy import Column, Index, String, Table, Text, Uuid

from chassis.data.columns import id_column, stamps
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.declaring.service import Service
from chassis.work.to_do import Waiting
from chassis.work.workflow import (
    EVERYONE,
    NOBODY,
    SYSTEM,
    Addressees,
    Rows,
    Step,
    Workflow,
    acting_under,
    applicant,
    decider,
)
from contracts.base import Query, View
from contracts.notices import Decided
from contracts.settings import Setting

metadata = service_metadata("bureau")
petitions = Table(
    "petitions",
    metadata,
    id_column(),
    Column("number", String(20)),
    Column("student_id", Uuid),
    Column("course_id", Uuid),
    Column("teaching_point_id", Uuid),
    Column("other_point_id", Uuid),
    Column("entered_by", Uuid),
    Column("first_by", Uuid),
    Column("decided_by", Uuid),
    Column("state", Text, nullable=False),
    *stamps(),
    Index("ix_petitions_state", "state"),
)
scope(petitions, point="teaching_point_id", course="course_id")

SHORT = Setting("short", Annotated[bool, Field(strict=True)], default=False)
BOTH = Addressees(points=("teaching_point_id", "other_point_id"))

PETITION = Workflow(
    "petition",
    "pending",
    (
        Step("pending", "approve", decider("bureau.decide"), "seen", unless=SHORT),
        Step("pending", "approve", decider("bureau.decide"), "approved", when=SHORT),
        Step("pending", "reject", decider("bureau.decide"), "rejected"),
        Step("pending", "revoke", acting_under("bureau.ask"), "revoked"),
        Step("seen", "approve", decider("bureau.confirm", besides=("first_by",)), "approved", tells=BOTH),
        Step("seen", "hush", decider("bureau.confirm"), "hushed", tells=NOBODY),
        Step("approved", "pay", acting_under("bureau.pay"), "paid", waits=True),
        Step("rejected", "reopen", decider("bureau.decide"), "pending", waits=False),
        Step("hushed", "answer", applicant("bureau.answer"), "pending", waits=True),
        Step("paid", "end", SYSTEM, "ended", tells=EVERYONE),
        Step("ended", "file", acting_under("bureau.file"), "filed", waits=True, of=Rows("number", ("1", "2"))),
    ),
    entering=Addressees(student=False, points=(), applicant="first_by"),
)


class ListPetitions(Query, answers=View, service="bureau"):
    state: str


class BureauDecided(Decided, owner="bureau", version=1, unheard=True):
    pass


class Bureau(Service):
    name = "bureau"
    metadata = metadata
    settings = (SHORT,)
    decided = BureauDecided
    to_do = (Waiting(PETITION, petitions, ListPetitions),)
