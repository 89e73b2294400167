"""A made-up club whose members come in from a table, go out as one, and have a card: all that papers take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy import Column as DatabaseColumn
from sqlalchemy import Date, Table, Text, UniqueConstraint, Uuid, select

from chassis.base.ids import new_id
from chassis.data.bulk import insert_rows
from chassis.data.columns import id_column
from chassis.data.lists import Listing
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service, query
from chassis.documents.declaring import Document
from chassis.documents.making import Making, Said, made
from chassis.papers.spreadsheets import Column, calendar_day, columns, member_of, typed
from chassis.running.exports import ListExport, exported
from chassis.running.import_lines import Importer, Line
from chassis.running.imports import ListImport, imported
from chassis.work.school_settings import shared_settings_table
from contracts.base import Command, Contract, Page, PageQuery, Query, View
from contracts.common import TaskView
from contracts.exports import Export
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
shared_settings_table(metadata)


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


class MemberView(View):
    student_number: str
    name: str
    gender: Gender | None
    birth_on: date | None


class MemberFilters(Contract):
    gender: Gender | None = None


class ListMembers(MemberFilters, PageQuery, answers=Page[MemberView], service="club", order="student_number"):
    pass


class ExportMembers(MemberFilters, Export, answers=TaskView, service="club"):
    pass


def list_members(query: ListMembers, uow: UnitOfWork) -> Page[MemberView]:
    return Listing[MemberView](ListMembers, members).page(query, uow)


MEMBERS_OUT = ListExport("student_export", ExportMembers, list_members, tuple(MemberView.model_fields))


class CardData(Contract):
    student_name: str
    gender: Gender | None


class PrintCard(Command, answers=TaskView, service="club"):
    student_number: StudentNumber


def card_of(command: PrintCard, uow: UnitOfWork) -> Said:
    row = uow.one(select(members).where(members.c.student_number == command.student_number))
    return Said(CardData(student_name=row.name, gender=row.gender))


CARD = Document("enrolment_certificate", CardData, Path(__file__).with_name("club_card.typ"))
CARDS = Making(CARD, PrintCard, card_of)


class Club(Service):
    name = "club"
    metadata = metadata
    member_imports = imported(MEMBERS_IN)
    list_members = query(list_members)
    member_exports = exported(MEMBERS_OUT)
    cards = made(CARDS)


SERVICE = Club
