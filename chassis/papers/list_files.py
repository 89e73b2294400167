"""A list as a file: a workbook, with a sheet that says by whom and when it was made, by which filters, how many rows it
has; or plain CSV, which has no place for that."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from chassis.papers.csv_stream import write_csv
from chassis.papers.file_kinds import FileKind
from chassis.papers.view_columns import ViewColumn
from chassis.papers.xlsx_stream import Sheet, write_xlsx
from contracts.errors import Language
from contracts.exports import ExportFormat
from contracts.words import document_word, label

KINDS = {ExportFormat.XLSX: FileKind.XLSX, ExportFormat.CSV: FileKind.CSV}
"""What a file of a format is."""

Details = Sequence[tuple[str, Any]]
"""What is said about a list: label and value."""
Rows = Iterable[Sequence[Any]]


def write_list_file(
    document: str,
    form: ExportFormat,
    columns: Sequence[ViewColumn],
    rows: Rows,
    details: Callable[[], Details],
    language: Language,
) -> IO[bytes]:
    """The file, to be closed. `details` are asked for when all rows are written."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it is the answer
    titles = [column.title for column in columns]
    try:
        if form is ExportFormat.CSV:
            write_csv(file, titles, rows)
        else:
            listed = Sheet(document_word(document)[language], titles, [column.width for column in columns], rows)
            about = Sheet(label("export")[language], _about(language), (24, 60), _late(details))
            write_xlsx(file, [listed, about])
    except BaseException:
        file.close()
        raise
    return file


def details_of(
    document: str, by: str, at: datetime, filters: Iterable[tuple[str, str]], rows: int, language: Language
) -> Details:
    """What is said about a list. `filters` are what it was asked with, in words."""
    colon = "：" if language == "zh" else ": "
    asked = [(f"{label('export.filter')[language]}{colon}{name}", value) for name, value in filters]
    return [
        (label("export.list")[language], document_word(document)[language]),
        (label("export.by")[language], by),
        (label("export.at")[language], at),
        (label("export.rows")[language], rows),
        *asked,
    ]


def _late(details: Callable[[], Details]) -> Iterator[tuple[str, Any]]:
    yield from details()


def _about(language: Language) -> tuple[str, str]:
    return label("export.what")[language], label("export.value")[language]
