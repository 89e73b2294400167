"""A made-up club whose members come in from a table: all that an import takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Column as DatabaseColumn
from sqlalchemy import Date, Table, Text, UniqueConstraint, Uuid, select

from chassis.base.ids import new_id
from chassis.data.bulk import insert_rows
from chassis.data.columns import id_column
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service
from chassis.papers.spreadsheets import Column, calendar_day, columns, member_of, typed
from chassis.running.imports import Importer, Line, ListImport, imported
from contracts.base import Contract, Query
from contracts.common import TaskView
from contracts.imports import Import
from contracts.types import FileReference, Gender, PersonName, StudentNumber
from contracts.words import by_word

metadata = service_metadata("club")
members = Table(
    "members",
    metadata,
    id_column(),
    DatabaseColumn("student_number", Text, nullable=False),
    DatabaseColumn("name", Text, nullable=False),
    DatabaseColumn("gender", Text),
    DatabaseColumn("birth_on", Date),
    DatabaseColumn("teaching_point_id", Uuid, nullable=False),
    UniqueConstraint("student_number"),
)
scope(members, point="teaching_point_id")


class ImportMembers(Import, answers=TaskView, service="club"):
    pass


class GetMemberTemplate(Query, answers=FileReference, service="club"):
    pass


class Entry(Contract):
    student_number: str | None
    name: str | None
    gender: Gender | None
    birth_on: date | None


MEMBERS = columns(
    "student_import",
    Column("student_number", typed(StudentNumber), example="2632030906100001"),
    Column("name", typed(PersonName)),
    Column("gender", member_of(Gender), required=False, choices=tuple(by_word(Gender))),
    Column("birth_on", calendar_day, required=False, help="年-月-日。"),
)


def judge(uow: UnitOfWork, lines: Sequence[Line[Entry]], importer: Importer) -> None:
    numbers = [line.entry.student_number for line in lines if line.entry.student_number]
    taken = {row.student_number for row in uow.rows(select(members).where(members.c.student_number.in_(numbers)))}
    for line in lines:
        line.record = {"id": new_id(), **line.entry.model_dump(), "teaching_point_id": importer.own_point_id}
        if line.entry.student_number in taken:
            line.refuse("student_number", "student_number_taken")


def enter(uow: UnitOfWork, lines: Sequence[Line[Entry]], importer: Importer) -> None:
    insertion = insert_rows(members, [line.record for line in lines]).on_conflict_do_nothing()
    entered: set[UUID] = {row.id for row in uow.rows(insertion.returning(members.c.id))}
    for line in lines:
        if line.record["id"] not in entered:
            line.refuse("", "already_exists")


MEMBERS_IN = ListImport(
    "student_import", ImportMembers, GetMemberTemplate, MEMBERS, Entry, judge, enter,
    once={"student_number": lambda entry: entry.student_number},
)  # fmt: skip


class Club(Service):
    name = "club"
    metadata = metadata
    member_imports = imported(MEMBERS_IN)


SERVICE = Club
