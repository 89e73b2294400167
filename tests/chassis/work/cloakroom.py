"""A numbered, announced, settable thing that no service has, whole: lockers are lent to students.

Each loan has a number; the point that lends hears of it, the student, and both when it ends; how long a locker may be
kept the school sets; what is overdue waits for the caretaker.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field
from sqlalchemy import Column, Date, Index, Table, Text, Uuid

from chassis.data.columns import id_column, stamps
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service, command
from chassis.work.number_templates import Day as DayOf
from chassis.work.number_templates import NumberTemplate, Serial
from chassis.work.number_templates import Text as Letters
from chassis.work.numbers import next_number, number_column
from chassis.work.school_settings import setting
from chassis.work.steps import enter_one, take
from chassis.work.to_do import Waiting
from chassis.work.workflow import EVERYONE, Step, Workflow, acting_under
from contracts.base import Command, Query, View
from contracts.common import RowResults
from contracts.notices import Decided
from contracts.settings import Setting, SettingUnit
from contracts.types import Day, Id, Ids


class LoanState(StrEnum):
    LENT, RETURNED = "lent", "returned"


class LoanView(View):
    number: str
    until: Day


class LendLocker(Command, answers=LoanView, service="cloakroom"):
    student_id: Id
    teaching_point_id: Id


class TakeLockersBack(Command, answers=RowResults, service="cloakroom"):
    loan_ids: Ids


class ListLoans(Query, answers=View, service="cloakroom"):
    state: LoanState | None = None


class CloakroomDecided(Decided, owner="cloakroom", version=1, unheard=True):
    pass


LENT, RETURNED = LoanState
NUMBER = NumberTemplate("locker", (Letters("GZ"), DayOf("%Y"), Serial(4)), dense=True)
KEPT = Setting("kept", Annotated[int, Field(strict=True, ge=1, le=90)], default=14, unit=SettingUnit.DAYS)
CARETAKER = acting_under("cloakroom.lend")
LOAN = Workflow(
    "loan", LENT, (Step(LENT, "take_back", CARETAKER, RETURNED, tells=EVERYONE, waits=True),), entering=EVERYONE
)

metadata = service_metadata("cloakroom")
loans = Table(
    "loans",
    metadata,
    id_column(),
    *number_column(),
    Column("student_id", Uuid, nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("entered_by", Uuid),
    Column("until", Date, nullable=False),
    Column("state", Text, nullable=False),
    *stamps(),
    Index("ix_loans_state", "state"),
)
scope(loans, point="teaching_point_id", student="student_id")


def lend_locker(asked: LendLocker, uow: UnitOfWork) -> LoanView:
    loan = {
        **asked.model_dump(),
        "entered_by": uow.acting_user,
        "until": uow.today + timedelta(days=setting(uow, KEPT)),
        "number": next_number(uow, NUMBER),
    }
    row = enter_one(uow, LOAN, loans, loan, "lend")
    return LoanView(number=row.number, until=row.until)


def take_lockers_back(asked: TakeLockersBack, uow: UnitOfWork) -> RowResults:
    return take(uow, LOAN, loans, asked.loan_ids, "take_back").results(uow, asked.loan_ids)


class Cloakroom(Service):
    name = "cloakroom"
    metadata = metadata
    settings = (KEPT,)
    decided = CloakroomDecided
    to_do = (Waiting(LOAN, loans, ListLoans),)
    lend_locker = command(lend_locker)
    take_lockers_back = command(take_lockers_back)
