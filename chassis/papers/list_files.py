"""A list as a file: the table, and beside it by whom and when it was made, by which filters, how many rows it has."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from chassis.papers.csv_stream import write_csv
from chassis.papers.file_kinds import FileKind
from chassis.papers.view_columns import ViewColumn
from chassis.papers.xlsx_stream import Sheet, write_xlsx
from contracts.exports import ExportFormat
from contracts.words import document_word, label

KINDS = {ExportFormat.XLSX: FileKind.XLSX, ExportFormat.CSV: FileKind.ZIP}
"""What a file of a format is. A CSV goes out in a ZIP, a tenth as large, together with what is said about it."""

Facts = Sequence[tuple[str, Any]]
"""What is said about a list: label and value."""
Rows = Iterable[Sequence[Any]]


def write_list_file(
    document: str, form: ExportFormat, columns: Sequence[ViewColumn], rows: Rows, facts: Callable[[], Facts]
) -> IO[bytes]:
    """The file, to be closed. `facts` are asked for when all rows are written."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it is the answer
    try:
        write = _write_workbook if form is ExportFormat.XLSX else _write_csv_files
        write(file, document, columns, rows, _late(facts))
    except BaseException:
        file.close()
        raise
    return file


def facts_of(document: str, by: str, at: datetime, filters: Iterable[tuple[str, str]], rows: int) -> Facts:
    """What is said about a list. `filters` are what it was asked with, in words."""
    asked = [(f"{label('export.filter').zh}：{name}", value) for name, value in filters]
    return [
        (label("export.list").zh, document_word(document).zh),
        (label("export.by").zh, by),
        (label("export.at").zh, at),
        (label("export.rows").zh, rows),
        *asked,
    ]


def _late(facts: Callable[[], Facts]) -> Iterator[tuple[str, Any]]:
    yield from facts()


def _write_workbook(
    file: IO[bytes], document: str, columns: Sequence[ViewColumn], rows: Rows, facts: Iterable[Sequence[Any]]
) -> None:
    titles, widths = [column.title for column in columns], [column.width for column in columns]
    about = Sheet(label("export").zh, _ABOUT, (24, 60), facts)
    write_xlsx(file, [Sheet(document_word(document).zh, titles, widths, rows), about])


def _write_csv_files(
    file: IO[bytes], document: str, columns: Sequence[ViewColumn], rows: Rows, facts: Iterable[Sequence[Any]]
) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(f"{document_word(document).zh}.csv", "w", force_zip64=True) as table:
            write_csv(table, [column.title for column in columns], rows)
        with archive.open(f"{label('export').zh}.csv", "w") as about:
            write_csv(about, _ABOUT, facts)


_ABOUT = (label("export.what").zh, label("export.value").zh)
