"""Official documents: asked for, found again, withdrawn, and checked by anybody who has one in hand.

    class IssueEnrolmentCertificate(IssueDocument, answers=TaskView): ...

The other operations are those of every service that issues any (`of_service`).
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.base import Command, Page, PageQuery, Query, SortKey, View
from contracts.public import PublicQuery
from contracts.stored import StoredDay, StoredName, StoredNumber, StoredText, Word
from contracts.text import cleaning
from contracts.text.kinds import Cleaned, TextKind
from contracts.types import FileReference, Flag, Id, Instant, Note, NumberBeginning, Version

MAX_NUMBER = 40
CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""What codes are made of: nothing that is taken for something else when it is read aloud or typed."""
CODE_LENGTH = 12
CHECK_PAGE = "/verify/"
"""Where the gateway has the page on which anybody checks a document; what it is asked follows a `#`, which no server
hears of."""


class DocumentStatus(StrEnum):
    """What an issued document is worth now."""

    VALID = "valid"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


DocumentKind = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"),
    Cleaned(TextKind.NUMBER, cleaning.number),
    Field(description="The kind of document.", examples=["enrolment_certificate"]),
]


class IssueDocument(Command):
    """Issue an official document, as a task; every kind has its own."""

    replaces_id: Id | None = Field(
        default=None,
        description="The valid document of the same kind and person that the new one takes the place of.",
    )


class BatchForm(StrEnum):
    """What many documents come as."""

    PDF = "pdf"
    ZIP = "zip"


class IssueDocuments(Command):
    """Make a document for each row of a list, as a task; beside the list's own filters."""

    sort: SortKey = None
    form: BatchForm = Field(
        default=BatchForm.PDF, description="One PDF to print, or a ZIP with a PDF for each row; in the list's order."
    )
    dry_run: Flag = Field(
        default=False,
        description="Only tell of which rows no document could be made, and why: the task's outcome has the reasons"
        " counted, its file names each row.",
    )


class IssuedDocumentView(View):
    """A document as it was issued."""

    id: UUID
    document: Word = Field(description="The kind of document.")
    number: StoredNumber
    code: StoredNumber = Field(description="With the number, what anybody may check it by.")
    status: DocumentStatus
    holder_name: StoredName = Field(description="As it stands in the document.")
    student_id: UUID | None
    teaching_point_id: UUID | None
    issued_at: Instant
    issued_by: UUID | None
    ended_at: Instant | None = Field(description="When it was withdrawn or replaced.")
    reason: StoredText | None = Field(description="Why it was withdrawn.")
    replaced_by_id: UUID | None = Field(description="The document that took its place.")
    version: int


class ListIssuedDocuments(
    PageQuery,
    answers=Page[IssuedDocumentView],
    order="-issued_at",
    sorts=("number",),
    looked_at=("document", "number"),
):
    """Issued documents."""

    document: DocumentKind | None = Field(default=None, description="Only of this kind.")
    student_id: Id | None = Field(default=None, description="Only of this student.")
    status: DocumentStatus | None = Field(default=None, description="Only in this status.")
    number: NumberBeginning | None = Field(default=None, description="Beginning of the number.")


class GetIssuedDocumentFile(Query, answers=FileReference):
    """The document as it was issued: however often it is printed, it has the same number and content."""

    document_id: Id = Field(description="The document.")


class WithdrawIssuedDocument(Command, answers=IssuedDocumentView):
    """Say that a document is not valid any more: who checks it is told so.

    Refused: `document_not_valid`, `stale_version`.
    """

    document_id: Id = Field(description="The document.")
    version: Version
    reason: Note = Field(description="Why; it stays with the document.", examples=["学籍信息有误，重新开具"])


class DocumentFact(View):
    """Something that a document certifies."""

    field: Word
    label: Word = Field(description="What the field is called, in the language that was asked for.")
    value: StoredText = Field(description="As it stands in the document.")


class CheckedDocument(View):
    """A document that is genuine, and what it is worth now."""

    document: Word = Field(description="The kind of document.")
    title: Word = Field(description="What it is called, in the language that was asked for.")
    number: StoredNumber
    status: DocumentStatus
    holder_name_masked: StoredName
    facts: tuple[DocumentFact, ...] = Field(description="What it certifies.")
    issued_on: StoredDay
    ended_on: StoredDay | None = Field(description="Since when it is withdrawn or replaced.")


class CheckDocument(PublicQuery, answers=CheckedDocument):
    """Whether a document that somebody shows is genuine and valid. Refused: `document_not_found`."""

    number: Annotated[
        str,
        StringConstraints(pattern=rf"^[A-Z0-9-]{{4,{MAX_NUMBER}}}$"),
        Cleaned(TextKind.NUMBER, cleaning.document_number),
    ] = Field(description="The number on the document.", examples=["ZX20260000001"])
    code: Annotated[
        str,
        StringConstraints(pattern=rf"^[A-Z0-9]{{{CODE_LENGTH}}}$"),
        Cleaned(TextKind.NUMBER, cleaning.document_number),
    ] = Field(description="The code beside it.", examples=["7K3MPQ9XWT4B"])


DOCUMENT_OPERATIONS = (ListIssuedDocuments, GetIssuedDocumentFile, WithdrawIssuedDocument, CheckDocument)
"""What every service answers that issues documents."""
