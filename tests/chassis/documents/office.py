"""A made-up office that issues certificates and prints lists: all that documents take."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from uuid import UUID

from chassis.base.context import system_context
from chassis.data.tables import service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service, command, task
from chassis.documents.answering import issued_documents
from chassis.documents.declaring import Document, Official
from chassis.documents.issued import Holder, issued_documents_table
from chassis.documents.making import Making, Said, making
from chassis.testing.harness import ServiceHarness
from chassis.work.number_templates import NumberTemplate, Serial, Text
from chassis.work.public import guarding_tables
from chassis.work.school_settings import shared_settings_table
from contracts.base import Command, Contract
from contracts.common import TaskView, of_service
from contracts.documents import IssuedDocumentView, IssueDocument, ListIssuedDocuments
from contracts.types import Gender

metadata = service_metadata("office")
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
    official=Official(NumberTemplate("office", (Text("OF"), Serial(6)), dense=False), "student_name", ("gender",)),
)
LIST = Document("remittance_slip", ListData, HERE / "list.typ", landscape=True, scanned="payer_name")


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


CERTIFICATES = Making(CERTIFICATE, IssueCertificate, certificate_of)
LISTS = Making(LIST, PrintList, list_of)


class Office(Service):
    name = "office"
    metadata = metadata
    documents = issued_documents()
    issue_certificate = command(making(CERTIFICATES))
    enrolment_certificate = task(CERTIFICATES.task)
    print_list = command(making(LISTS))
    remittance_slip = task(LISTS.task)


def issued(office: ServiceHarness) -> list[IssuedDocumentView]:
    """All that it has issued, the oldest first."""
    found = office.ask(of_service("office", ListIssuedDocuments)(sort="issued_at"))
    return list(found.items)


def in_a_transaction(office: ServiceHarness, work):  # type: ignore[no-untyped-def]
    """What something does, as the system."""
    return office.database.run(system_context(), work)
