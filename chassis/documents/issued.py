"""Official documents as rows: each with its number, a code that nobody guesses, and the file as it was issued.

What was issued is never drawn again: another version of a template, a font or typst would give other bytes. Printing it
once more is reading its file.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, MetaData, Row, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.base.ids import new_id
from chassis.base.settings import settings
from chassis.data.bulk import ids_in
from chassis.data.columns import id_column, instant, one_of, stamps
from chassis.data.row_scope import scope
from chassis.data.unit_of_work import UnitOfWork
from chassis.documents.declaring import Document, Official
from chassis.documents.drawing import Marks, School, draw
from chassis.documents.telling import told
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.work.numbers import next_numbers, number_column
from chassis.work.rows import add, change, change_each, lock_where, locked
from chassis.work.school_settings import setting
from contracts.documents import CHECK_PAGE, CODE_LENGTH, CODE_SIGNS, DocumentStatus
from contracts.errors import ServiceError
from contracts.school import SCHOOL_ENGLISH_NAME, SCHOOL_LOGO, SCHOOL_NAME, SCHOOL_SEAL

TABLE: Final = "issued_documents"


def issued_documents_table(metadata: MetaData) -> Table:
    """The table of a service that issues official documents. They stay: who has one may ask about it in ten years."""
    table = Table(
        TABLE,
        metadata,
        id_column(),
        Column("document", Text, nullable=False),
        *number_column(),
        Column("code", Text, nullable=False),
        Column("status", Text, nullable=False, server_default=text("'valid'")),
        Column("holder_name", Text, nullable=False),
        Column("facts", JSONB, nullable=False),
        Column("sha256", Text, nullable=False),
        Column("file_id", Uuid, ForeignKey("files.id"), nullable=False),
        Column("student_id", Uuid),
        Column("teaching_point_id", Uuid),
        instant("issued_at"),
        Column("issued_by", Uuid),
        instant("ended_at", nullable=True),
        Column("reason", Text),
        Column("replaced_by_id", Uuid, ForeignKey(f"{TABLE}.id")),
        *stamps(),
        one_of("status", DocumentStatus),
        CheckConstraint("(status = 'valid') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(status = 'replaced') = (replaced_by_id IS NOT NULL)", name="replaced"),
        Index(f"ix_{TABLE}_of_point", "teaching_point_id", "status", "issued_at", "id"),
        Index(f"ix_{TABLE}_student_id", "student_id", "issued_at"),
        Index(f"ix_{TABLE}_of_school", "status", "issued_at", "id"),
    )
    return scope(table, point="teaching_point_id", student="student_id")


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a document is about, and whose people see it."""

    student_id: UUID | None = None
    teaching_point_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A document that was just issued: its row, what makes it one of its own, and the PDF."""

    row: Row[Any]
    marks: Marks
    pdf: bytes


def school_of(uow: UnitOfWork) -> School:
    """The school, as its settings now say."""
    return School(*(setting(uow, each) for each in (SCHOOL_NAME, SCHOOL_ENGLISH_NAME, SCHOOL_SEAL, SCHOOL_LOGO)))


def issue(
    uow: UnitOfWork, document: Document, data: BaseModel, holder: Holder, replaces_id: UUID | None = None
) -> Issued:
    """Draw an official document, and keep it and its row.

    Raises ServiceError as `issue_many`, and where it can not take the place of the other one `document_not_valid` and
    `not_found`.
    """
    [holder] = _as_they_are_now(uow, document, [holder])  # before the other document: so does who moves them
    replaced = locked(uow, uow.tables[TABLE], replaces_id) if replaces_id is not None else None
    if replaced is not None:
        refuse_to_replace(document, replaced, holder)
    [made] = issue_many(uow, document, [(data, holder)])
    if replaced is not None:
        ends = {"status": DocumentStatus.REPLACED, "replaced_by_id": made.row.id, "ended_at": uow.now}
        change(uow, uow.tables[TABLE], replaced, "replace", ends)
    return made


def issue_many(uow: UnitOfWork, document: Document, wanted: Sequence[tuple[BaseModel, Holder]]) -> list[Issued]:
    """Draw official documents, each by itself, and keep them and their rows. Raises ServiceError as `draw` and
    `next_numbers`."""
    official = official_of(document)
    school = school_of(uow)
    marked = [_marks(uow, number) for number in next_numbers(uow, official.numbers, [{}] * len(wanted))]
    pdfs = [
        draw(document, data, school=school, at=uow.now, marks=marks)
        for (data, _), marks in zip(wanted, marked, strict=True)
    ]
    holders = _as_they_are_now(uow, document, [holder for _, holder in wanted])
    return [
        Issued(_keep(uow, document, official, (data, holder), marks, pdf), marks, pdf)
        for (data, _), holder, marks, pdf in zip(wanted, holders, marked, pdfs, strict=True)
    ]


def _as_they_are_now(uow: UnitOfWork, document: Document, holders: Sequence[Holder]) -> list[Holder]:
    """Holders who have moved since the document was asked for are where they are now. They stay there until it can move
    with them."""
    at = official_of(document).whereabouts(uow, [each.student_id for each in holders if each.student_id])
    return [
        replace(each, teaching_point_id=at[each.student_id]) if each.student_id and each.student_id in at else each
        for each in holders
    ]


def _keep(
    uow: UnitOfWork, document: Document, official: Official, said: tuple[BaseModel, Holder], marks: Marks, pdf: bytes
) -> Row[Any]:
    says, whose = told(said[0]), asdict(said[1])
    entered = {
        "id": new_id(),
        "document": document.name,
        "number": marks.number,
        "code": marks.code,
        "holder_name": says[official.holder],
        "facts": [[field, says[field]] for field in official.shown],  # jsonb keeps the order of a list alone
        "sha256": hashlib.sha256(pdf).hexdigest(),
        "file_id": files.keep(uow, io.BytesIO(pdf), FileKind.PDF, document=document.name, **whose),
        **whose,
        "issued_at": uow.now,
        "issued_by": uow.context.actor.user_id,
    }
    return add(uow, uow.tables[TABLE], entered, "issue")


def refuse_to_replace(document: Document, replaced: Row[Any], holder: Holder) -> None:
    """Raises ServiceError `document_not_valid`, and `not_found` where it is another person's or of another kind."""
    if (replaced.document, replaced.student_id) != (document.name, holder.student_id):
        raise ServiceError("not_found")
    refuse_ended(replaced)


def refuse_ended(row: Row[Any]) -> None:
    """Raises ServiceError `document_not_valid` where it has been withdrawn or replaced already."""
    if row.status != DocumentStatus.VALID:
        raise ServiceError("document_not_valid", status=row.status)


def withdraw(uow: UnitOfWork, document_id: UUID, version: int, reason: str) -> Row[Any]:
    """Say that a document is not valid any more. Raises ServiceError as `locked`, and `document_not_valid`."""
    row = locked(uow, uow.tables[TABLE], document_id, version)
    refuse_ended(row)
    ends = {"status": DocumentStatus.WITHDRAWN, "reason": reason, "ended_at": uow.now}
    return change(uow, uow.tables[TABLE], row, "withdraw_document", ends)


def follow_students(uow: UnitOfWork, points: Mapping[UUID, UUID]) -> None:
    """Let the documents of students who have moved (student → teaching point) be where the students are now."""
    table = uow.tables[TABLE]
    found = lock_where(uow, table, ids_in(table.c.student_id, points))
    moved = {id_: {"teaching_point_id": points[row.student_id]} for id_, row in found.items()}
    change_each(uow, table, found, "transfer", moved)


def official_of(document: Document) -> Official:
    """What makes it official. Raises TypeError where it is not."""
    if document.official is None:
        raise TypeError(f"{document.name} is no official document")
    return document.official


def _marks(uow: UnitOfWork, number: str) -> Marks:
    code = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
    address = settings().public_url.rstrip("/") + CHECK_PAGE
    return Marks(number, code, address, f"{address}#{uow.service.name}/{number}/{code}")
