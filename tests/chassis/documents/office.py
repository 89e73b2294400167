"""A made-up office that issues certificates and prints lists: all that documents take."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from sqlalchemy import Column, Table, Text, Uuid, select

from chassis.base.context import system_context
from chassis.data.columns import id_column
from chassis.data.lists import Listing
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service
from chassis.documents.answering import issued_documents
from chassis.documents.batches import Batch, made_together
from chassis.documents.declaring import Document, Official
from chassis.documents.issued import Holder, issued_documents_table
from chassis.documents.making import Making, Said, made
from chassis.testing.harness import ServiceHarness
from chassis.work.number_templates import NumberTemplate, Serial
from chassis.work.number_templates import Text as Fixed
from chassis.work.public import guarding_tables
from chassis.work.school_settings import shared_settings_table
from contracts.base import Command, Contract, Page, PageQuery, View
from contracts.common import TaskView, of_service
from contracts.documents import IssuedDocumentView, IssueDocument, IssueDocuments, ListIssuedDocuments
from contracts.errors import ServiceError
from contracts.types import Gender

metadata = service_metadata("office")
people = Table(
    "people",
    metadata,
    id_column(),
    Column("name", Text, nullable=False),
    Column("student_number", Text, nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
)
scope(people, point="teaching_point_id")
issued_documents_table(metadata)
guarding_tables(metadata)
shared_settings_table(metadata)
HERE = Path(__file__).parent


class CertificateData(Contract):
    student_name: str
    gender: Gender


class LineData(Contract):
    number: str
    amount: Decimal


class ListData(Contract):
    payer_name: str | None
    bills: tuple[LineData, ...]


CERTIFICATE = Document(
    "enrolment_certificate",
    CertificateData,
    HERE / "certificate.typ",
    archived=True,
    official=Official(NumberTemplate("office", (Fixed("OF"), Serial(6)), dense=False), "student_name", ("gender",)),
)
LIST = Document("remittance_slip", ListData, HERE / "list.typ", landscape=True, scanned="payer_name")


class PersonView(View):
    id: UUID
    name: str
    student_number: str
    teaching_point_id: UUID


class PeopleFilters(Contract):
    name: str | None = None


class ListPeople(PeopleFilters, PageQuery, answers=Page[PersonView], service="office", order="student_number"):
    pass


class IssueCertificates(PeopleFilters, IssueDocuments, answers=TaskView, service="office"):
    pass


class PrintCards(PeopleFilters, IssueDocuments, answers=TaskView, service="office"):
    pass


class PrintCard(Command, answers=TaskView, service="office"):
    student_id: UUID


class CertifyPerson(IssueDocument, answers=TaskView, service="office"):
    student_id: UUID


class IssueCertificate(IssueDocument, answers=TaskView, service="office"):
    student_id: UUID
    teaching_point_id: UUID
    name: str


class PrintList(Command, answers=TaskView, service="office"):
    rows: int


def certificate_of(command: IssueCertificate, uow: UnitOfWork) -> Said:
    return Said(
        CertificateData(student_name=command.name, gender=Gender.FEMALE),
        Holder(command.student_id, command.teaching_point_id),
    )


def list_of(command: PrintList, uow: UnitOfWork) -> Said:
    return Said(list_data(command.rows))


def list_data(rows: int, payer: str | None = "某某公司") -> ListData:
    lines = (LineData(number=f"JF{n:06}", amount=Decimal("1385.50")) for n in range(rows))
    return ListData(payer_name=payer, bills=tuple(lines))


def list_people(query: ListPeople, uow: UnitOfWork) -> Page[PersonView]:
    return Listing[PersonView](ListPeople, people).page(query, uow)


def person_of(command: PrintCard | CertifyPerson, uow: UnitOfWork) -> Said:
    row = uow.one(select(people).where(people.c.id == command.student_id))
    if row.name == "已退学":
        raise ServiceError("student_not_enrolled", status="left")
    return Said(CertificateData(student_name=row.name, gender=Gender.MALE), Holder(row.id, row.teaching_point_id))


CERTIFIED = Making(CERTIFICATE, CertifyPerson, person_of)
CARDS = Making(replace(CERTIFICATE, official=None), PrintCard, person_of)
MANY = Batch("enrolment_certificates", CERTIFIED, IssueCertificates, list_people, "student_id", "student_number")
MANY_CARDS = Batch("student_export", CARDS, PrintCards, list_people, "student_id", "name")
CERTIFICATES = Making(CERTIFICATE, IssueCertificate, certificate_of)
LISTS = Making(LIST, PrintList, list_of)


class Office(Service):
    name = "office"
    metadata = metadata
    documents = issued_documents()
    certificates = made(CERTIFICATES)
    many_certificates = made_together(MANY)
    many_cards = made_together(MANY_CARDS)
    lists = made(LISTS)


def issued(office: ServiceHarness) -> list[IssuedDocumentView]:
    """All that it has issued, the oldest first."""
    found = office.ask(of_service("office", ListIssuedDocuments)(sort="issued_at"))
    return list(found.items)


def in_a_transaction(office: ServiceHarness, work):  # type: ignore[no-untyped-def]
    """What something does, as the system."""
    return office.database.run(system_context(), work)
