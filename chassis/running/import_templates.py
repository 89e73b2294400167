"""The workbooks that people fill in: one for each import, made when its columns have changed."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from chassis.data.unit_of_work import UnitOfWork
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.papers.spreadsheets import Column


def template_of(uow: UnitOfWork, name: str, columns: Sequence[Column]) -> UUID:
    """The file of an import's present columns; made where there is none yet."""
    described = repr([(c.title, c.required, c.help, c.example, c.choices) for c in columns])
    purpose = f"{name}_template/{sha256(described.encode()).hexdigest()[:16]}"
    kept = uow.tables["files"]
    made = uow.first(select(kept.c.id).where(kept.c.purpose == purpose))
    if made is not None:
        found: UUID = made.id
        return found
    from chassis.papers.sheet_writing import write_template  # openpyxl: who doesn't make it, saves its memory

    with write_template(name, columns) as file:
        return files.keep(uow, file, FileKind.XLSX, document=name, purpose=purpose)
