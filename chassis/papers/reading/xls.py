"""Workbooks of Excel 97 to 2003, and what old programs still save as .xls (BIFF, read by xlrd)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

import xlrd
from xlrd.biffh import XLRDError, error_text_from_code
from xlrd.sheet import Cell as XlsCell

from chassis.papers.reading.biff import formula_places, is_calculated
from chassis.papers.reading.cells import (
    BESIDE,
    MOST_COLUMNS,
    Cell,
    Kind,
    RawRow,
    UnreadableError,
    merged_places,
    text_cell,
)
from chassis.papers.reading.numbers_shown import BUILT_IN, DAY_IDS, number_cell, shows_a_day


def rows(file: IO[bytes], whole: int = 0) -> Iterator[RawRow]:
    """The rows with anything in them: of the visible sheets that have any the first ones, and all of that with the
    number `whole`, counted from 0. Raises UnreadableError."""
    try:
        book = xlrd.open_workbook(
            file_contents=file.read(), formatting_info=True, on_demand=True, logfile=io.StringIO()
        )
        filled = 0
        for index in range(book.nsheets):
            sheet = book.sheet_by_index(index)
            if not sheet.visibility:
                found = list(islice(_Sheet(book, sheet, index, filled).rows(), None if filled == whole else BESIDE))
                yield from found
                filled += bool(found)
            book.unload_sheet(index)
    except XLRDError as error:
        encrypted = "encrypted" in str(error)
        raise UnreadableError("workbook_encrypted" if encrypted else "workbook_unreadable") from None
    except MemoryError:
        raise
    except Exception:  # xlrd raises whatever it stumbles over
        raise UnreadableError("workbook_unreadable") from None


class _Sheet:
    """What is seen of a sheet."""

    def __init__(self, book: xlrd.Book, sheet: xlrd.sheet.Sheet, index: int, before: int) -> None:
        self._book, self._sheet, self._before = book, sheet, before
        stream: Any = book  # xlrd tells no formulas, and where a sheet begins only by this
        self._formulas = formula_places(stream.mem, stream._sh_abs_posn[index])
        self._is_calculated = is_calculated(stream.mem, stream.base)
        self._merged: dict[int, list[tuple[int, int]]] = {}
        for top, below, left, right in sheet.merged_cells:
            for row in range(top, below):
                self._merged.setdefault(row, []).append((left + (row == top), right - 1))
        self._unseen = {place for place, column in sheet.colinfo_map.items() if column.hidden or not column.width}

    def rows(self) -> Iterator[RawRow]:
        """All that have anything in them."""
        for row in range(self._sheet.nrows):
            formulas = self._formulas.get(row, ())
            read = (
                (place, self._cell(cell, place in formulas))
                for place, cell in enumerate(self._sheet.row(row)[:MOST_COLUMNS])
            )
            cells = {place: cell for place, cell in read if cell is not None}
            if cells:
                covered, unseen = merged_places(self._merged, row), frozenset(self._unseen & cells.keys())
                yield RawRow(row + 1, cells, self._is_hidden(row), covered, unseen, self._before)

    def _is_hidden(self, row: int) -> bool:
        about = self._sheet.rowinfo_map.get(row)
        return bool(about.hidden or not about.height) if about else bool(self._sheet.default_row_hidden)

    def _cell(self, cell: XlsCell, formula: bool) -> Cell | None:
        if cell.ctype == xlrd.XL_CELL_TEXT:
            if not cell.value and formula and not self._is_calculated:
                return Cell(Kind.UNCALCULATED)
            return text_cell(str(cell.value), calculated=formula) if cell.value else None
        if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
            number_format, is_day = _format(self._book, cell.xf_index)
            digits, from_1904 = _digits(float(cell.value)), self._book.datemode == 1
            return number_cell(digits, number_format, is_day=is_day, from_1904=from_1904, calculated=formula)
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return Cell(Kind.TRUTH, str(int(cell.value)), calculated=formula)
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
