"""What is asked about issued documents: one line of a service's table.

    class Registry(Service):
        documents = issued_documents()

The lists and files are for who sees the rows; anybody may check a document by its number and its code.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Row, Table, select

from chassis.base.clock import local_date
from chassis.data.lists import Listing
from chassis.data.pages import as_view, begins
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.entries import Group, Lines
from chassis.declaring.guards import Allowance, Beyond, Guard, Thing
from chassis.declaring.service import Handler, entry, of_contract
from chassis.documents.issued import TABLE, withdraw
from chassis.papers import files
from contracts.base import Operation, Page
from contracts.common import of_service
from contracts.documents import (
    CheckDocument,
    CheckedDocument,
    DocumentFact,
    GetIssuedDocumentFile,
    IssuedDocumentView,
    ListIssuedDocuments,
    WithdrawIssuedDocument,
)
from contracts.errors import Language
from contracts.types import FileReference
from contracts.words import document_word, plain_word

CHECKS: Final = Guard(
    address=Allowance(60, timedelta(hours=1), Beyond.WORK),
    things=(Thing(lambda asked: asked.number, Allowance(10, timedelta(hours=1), Beyond.WORK)),),
    no_match="document_not_found",
)
"""A personnel office checks some dozens in a morning, from one address; nobody tries many codes for one number."""


def issued_documents() -> Any:
    """Declare all that is asked about the documents that a service issues; the table is `issued_documents_table`."""
    return Group(_lines)


def _lines(service: str) -> Lines:
    def handling(contract: type[Operation], handler: Handler) -> Handler:
        return of_contract(of_service(service, contract), handler)

    operations = (
        entry(handling(ListIssuedDocuments, list_issued_documents)),
        entry(handling(GetIssuedDocumentFile, get_issued_document_file)),
        entry(handling(WithdrawIssuedDocument, withdraw_issued_document)),
        entry(handling(CheckDocument, check_document), as_system=True, guard=CHECKS),
    )
    return Lines(operations=operations)


def list_issued_documents(query: ListIssuedDocuments, uow: UnitOfWork) -> Page[IssuedDocumentView]:
    """Documents in the actor's scope."""
    return _documents(uow.tables[TABLE]).page(query, uow)


@cache
def _documents(table: Table) -> Listing[IssuedDocumentView]:
    return Listing[IssuedDocumentView](
        ListIssuedDocuments,
        table,
        filters={"number": lambda text, uow: begins(table.c.number, text)},
        few=frozenset({"student_id"}),
    )


def get_issued_document_file(query: GetIssuedDocumentFile, uow: UnitOfWork) -> FileReference:
    """The file as it was issued. Raises `not_found`."""
    table = uow.tables[TABLE]
    row = uow.one(select(table.c.file_id).where(table.c.id == query.document_id))
    with uow.as_system():  # who sees the document has its file, wherever the student was when it was issued
        return files.reference_to(uow, row.file_id)


def withdraw_issued_document(command: WithdrawIssuedDocument, uow: UnitOfWork) -> IssuedDocumentView:
    """Withdraw one. Raises as `withdraw`."""
    return as_view(IssuedDocumentView, withdraw(uow, command.document_id, command.version, command.reason))


def check_document(query: CheckDocument, uow: UnitOfWork) -> CheckedDocument:
    """What anybody is told who has both number and code."""
    table = uow.tables[TABLE]
    row = uow.one(select(table).where(table.c.number == query.number, table.c.code == query.code))
    return _checked(row, uow.context.language)


def _checked(row: Row[Any], language: Language) -> CheckedDocument:
    return CheckedDocument(
        document=row.document,
        title=document_word(row.document)[language],
        number=row.number,
        status=row.status,
        holder_name_masked=masked_name(row.holder_name),
        facts=tuple(
            DocumentFact(field=field, label=_label(field, language), value=value) for field, value in row.facts
        ),
        issued_on=local_date(row.issued_at),
        ended_on=local_date(row.ended_at) if row.ended_at else None,
    )


def _label(field: str, language: Language) -> str:
    word = plain_word(field)
    return word[language] if word else field


def masked_name(name: str) -> str:
    """Enough of a name to recognise who stands there, and too little to learn who it is: 张*明, 李*."""
    return name[:1] + "*" * max(1, len(name) - 2) + (name[-1:] if len(name) > 2 else "")
