"""Workbooks of Excel 97 to 2003, and what old programs still save as .xls (BIFF, read by xlrd)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO

import xlrd
from xlrd.biffh import XLRDError, error_text_from_code
from xlrd.sheet import Cell as XlsCell

from chassis.papers.reading.cells import MOST_COLUMNS, Cell, Kind, RawRow, UnreadableError, merged_places, text_cell
from chassis.papers.reading.numbers_shown import BUILT_IN, DAY_IDS, number_cell, shows_a_day


def rows(file: IO[bytes]) -> Iterator[RawRow]:
    """The rows with anything in them, of the first visible sheet that has any. Raises UnreadableError."""
    try:
        book = xlrd.open_workbook(
            file_contents=file.read(), formatting_info=True, on_demand=True, logfile=io.StringIO()
        )
        for index in range(book.nsheets):
            sheet = book.sheet_by_index(index)
            found = [] if sheet.visibility else list(_rows(book, sheet))
            if found:
                yield from found
                return
    except XLRDError as error:
        encrypted = "encrypted" in str(error)
        raise UnreadableError("workbook_encrypted" if encrypted else "workbook_unreadable") from None
    except MemoryError:
        raise
    except Exception:  # xlrd raises whatever it stumbles over
        raise UnreadableError("workbook_unreadable") from None


def _rows(book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> Iterator[RawRow]:
    merged: dict[int, list[tuple[int, int]]] = {}
    for top, below, left, right in sheet.merged_cells:
        for row in range(top, below):
            merged.setdefault(row, []).append((left + (row == top), right - 1))
    for row in range(sheet.nrows):
        read = ((place, _cell(book, cell)) for place, cell in enumerate(sheet.row(row)[:MOST_COLUMNS]))
        cells = {place: cell for place, cell in read if cell is not None}
        if cells:
            about = sheet.rowinfo_map.get(row)
            yield RawRow(row + 1, cells, bool(about and about.hidden), merged_places(merged, row))


def _cell(book: xlrd.Book, cell: XlsCell) -> Cell | None:
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return text_cell(str(cell.value)) if cell.value else None
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        number_format, is_day = _format(book, cell.xf_index)
        return number_cell(_digits(float(cell.value)), number_format, is_day=is_day, from_1904=book.datemode == 1)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return Cell(Kind.TRUTH, str(int(cell.value)))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return Cell(Kind.ERROR, error_text_from_code.get(int(cell.value), "#N/A"))
    return None


def _digits(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _format(book: xlrd.Book, style: int | None) -> tuple[str, bool]:
    if style is None:
        return "", False
    key = book.xf_list[style].format_key
    if key in DAY_IDS:
        return "", True
    known = book.format_map.get(key)
    code = known.format_str if known else BUILT_IN.get(key, "")
    return code, shows_a_day(code)
