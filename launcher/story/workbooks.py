"""Workbooks as people fill them in: by the titles in their first row."""

import io
from collections.abc import Mapping, Sequence

from openpyxl import load_workbook

from contracts.words import label

ROW_NUMBER, REASONS = label("row_number").zh, label("errors").zh
"""Titles that the registry adds to rows that it gives back."""


def filled(template: bytes, rows: Sequence[Mapping[str, str]]) -> bytes:
    """The template with these rows, each text below its title. A title that the template lacks is a KeyError."""
    workbook = load_workbook(io.BytesIO(template))
    sheet = workbook.worksheets[0]
    # Required columns are marked with a star.
    places = {str(cell.value).removesuffix("*"): place for place, cell in enumerate(sheet[1], start=1)}
    for number, row in enumerate(rows, start=2):
        for title, text in row.items():
            cell = sheet.cell(number, places[title], text)
            cell.data_type = "s"
    return _saved(workbook)


def rows_of(workbook: bytes) -> list[dict[str, str]]:
    """The rows of the first sheet, as texts by title."""
    sheet = load_workbook(io.BytesIO(workbook), read_only=True).worksheets[0]
    titles, *rows = ([str(value or "") for value in row] for row in sheet.iter_rows(values_only=True))
    return [dict(zip(titles, row, strict=True)) for row in rows]


def corrected(workbook: bytes, corrections: Mapping[str, Mapping[str, str]]) -> bytes:
    """A workbook of returned rows with some cells put right: row number in the first workbook → title → text."""
    opened = load_workbook(io.BytesIO(workbook))
    sheet = opened.worksheets[0]
    places = {str(cell.value): place for place, cell in enumerate(sheet[1], start=1)}
    for number in range(2, sheet.max_row + 1):
        original = str(sheet.cell(number, places[ROW_NUMBER]).value)
        for title, text in corrections.get(original, {}).items():
            sheet.cell(number, places[title], text)
    return _saved(opened)


def _saved(workbook: object) -> bytes:
    saved = io.BytesIO()
    workbook.save(saved)  # type: ignore[attr-defined]
    return saved.getvalue()
