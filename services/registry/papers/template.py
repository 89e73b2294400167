"""The workbook that people fill in to import students."""

from __future__ import annotations

from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import select

from chassis.data.unit_of_work import UnitOfWork
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from services.registry.papers.workbook import STUDENTS
from services.registry.tables import metadata

_FILES: Final = metadata.tables["files"]


def import_template(uow: UnitOfWork) -> UUID:
    """The file of the present columns; made where there is none yet."""
    described = repr([(c.title, c.required, c.help, c.example, c.choices) for c in STUDENTS])
    purpose = f"student_import_template/{sha256(described.encode()).hexdigest()[:16]}"
    made = uow.first(select(_FILES.c.id).where(_FILES.c.purpose == purpose))
    if made is not None:
        found: UUID = made.id
        return found
    from chassis.papers.sheet_writing import write_template  # openpyxl: who doesn't make it, saves its memory

    with write_template("student_import", STUDENTS) as file:
        return files.keep(uow, file, FileKind.XLSX, document="student_import", purpose=purpose)
