"""Reads rows out of a table that somebody uploaded, by the columns that are expected, and trusts nothing in it.

`chassis.papers.reading` tells what stands in the file; here it gets its meaning. What a spreadsheet has done to what
was typed is answered, never guessed: a number that lost its end, an error, a formula without a value, a hidden row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any

from chassis.papers.cell_texts import EXACT_BELOW
from chassis.papers.reading.apart import raw_rows
from chassis.papers.reading.cells import Cell, Kind, RawRow, UnreadableError
from chassis.papers.reading.limits import Limits
from chassis.papers.spreadsheets import CellError, Column, SheetRow
from contracts.errors import ServiceError
from contracts.errors.fields import FieldProblemError
from contracts.text import cleaning
from contracts.words import truth_word

MAX_ROWS = 50_000
HEADER_WITHIN = 10
"""Rows of a sheet among which the header is looked for."""
LONGEST = 4_000
"""Characters that any column takes. Longer ones are not even looked at."""

_PADDED = re.compile(r"0{2,32}")
_AS_IT_IS = re.compile(
    r"(?:\[(?:Black|Blue|Cyan|Green|Magenta|Red|White|Yellow|Color[0-9]+)\]|_.|\*.| )*"
    r"(?:@|0{2,32}|[¥$]?(?:#,##)?[0#?]{1,15}(?:\.[0#?]+)?(?:E[+-]0+)?)(?:_.|[ )])*",
    re.IGNORECASE,
)
"""The formats that show a number's own digits, or zeros in front of a whole one. Any other may show something else:
signs, thousands, per cent, Chinese, nothing at all."""
_TOLD = 40
"""Characters of a format that are told."""
_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]{2,}", re.IGNORECASE)
_NOTHING = Cell(Kind.TEXT)
_UNSAID = "#N/A"
"""Stands for what can't be told when a row is given back: it is refused again."""
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"})


def read_rows(
    file: IO[bytes], columns: Sequence[Column], *, max_rows: int = MAX_ROWS, limits: Limits | None = None
) -> Iterator[SheetRow]:
    """The filled rows of the first visible sheet that has any, with what is wrong with each. Empty rows are passed
    over; a row that is hidden or filtered away is refused: whoever sent it may not know of it.

    Raises ServiceError `workbook_unreadable`, `workbook_encrypted`, `workbook_has_macros`, `workbook_is_binary`,
    `workbook_is_web_page`, `workbook_is_xml`, `workbook_quotes_unclear`, `workbook_too_large`,
    `workbook_columns_missing`, `workbook_columns_doubled`, `workbook_empty` before the first row,
    `workbook_too_many_rows` after `max_rows`, and `workbook_too_large_to_read` when it takes more than `limits`.
    """
    rows = raw_rows(file, limits)
    try:
        yield from _rows(rows, columns, max_rows)
    except UnreadableError as refused:
        raise ServiceError(refused.code, (), **refused.params) from None
    finally:
        rows.close()  # and with it the process that reads


def _rows(rows: Iterator[RawRow], columns: Sequence[Column], max_rows: int) -> Iterator[SheetRow]:
    places, below = _find_header(rows, columns)
    filled = 0
    for row in below:
        texts = {title: shown(row.cells.get(place, _NOTHING)) for title, place in places.items()}
        if not any(texts.values()):
            continue
        filled += 1
        if filled > max_rows:
            raise ServiceError("workbook_too_many_rows", limit=max_rows)
        yield _parsed(row, texts, places, columns)
    if not filled:
        raise ServiceError("workbook_empty")


def _find_header(rows: Iterator[RawRow], columns: Sequence[Column]) -> tuple[dict[str, int], Iterator[RawRow]]:
    """Title → place of each known column, and the rows below: the header is the row with most known titles. A column
    that is called as it was called formerly has the title of today."""
    known = {title: column.title for column in columns for title in (column.title, *column.formerly)}
    first = list(islice(rows, HEADER_WITHIN))
    found = [
        [(known[title], place) for place, cell in row.cells.items() if (title := _plain_title(cell)) in known]
        for row in first
    ]
    best = max(range(len(first)), key=lambda place: len(found[place]), default=0)
    header = found[best] if found else []
    titles = [title for title, _ in header]
    if doubled := sorted({title for title in titles if titles.count(title) > 1}):
        raise ServiceError("workbook_columns_doubled", columns="、".join(doubled))
    if missing := [column.title for column in columns if column.required and column.title not in titles]:
        raise ServiceError("workbook_columns_missing", columns="、".join(missing))
    return dict(header), chain(first[best + 1 :], rows)


def _plain_title(cell: Cell) -> str:
    """A title without the spaces, line breaks and the asterisk that mark it in templates."""
    return re.sub(r"[\s*＊]", "", cleaning.title(shown(cell)[:LONGEST]))


def shown(cell: Cell) -> str:
    """What a person sees in a cell, without spaces around it; days as 2026-09-01, whole numbers with the zeros in front
    that their format shows."""
    if cell.kind is Kind.TEXT:
        # A sign that keeps a number from being one, where another program has saved it as a part of the text.
        return cleaning.bare(cleaning.unescaped(cell.text)).removeprefix("'")
    if cell.kind is Kind.NUMBER:
        digits = _digits(cell.text)
        return digits.zfill(len(cell.number_format)) if _PADDED.fullmatch(cell.number_format) else digits
    if cell.kind is Kind.TRUTH:
        return truth_word(cell.text == "1").zh
    return _UNSAID if cell.kind in (Kind.UNCALCULATED, Kind.TOO_LONG) else cell.text


def _digits(text: str) -> str:
    """A number as Excel shows it: it saves 59.83 as 59.829999999999998."""
    number = float(text)
    if number.is_integer():
        return str(int(text)) if text.lstrip("-").isdigit() else str(int(number))
    return format(Decimal(repr(number)), "f")


def _parsed(row: RawRow, texts: dict[str, str], places: Mapping[str, int], columns: Sequence[Column]) -> SheetRow:
    values: dict[str, Any] = {}
    errors = [CellError("", "row_hidden")] if row.hidden else []
    for column in columns:
        values[column.field] = None
        try:
            values[column.field] = _value(column, row, texts.get(column.title, ""), places.get(column.title))
        except FieldProblemError as problem:
            errors.append(CellError(column.title, problem.code, problem.params))
    return SheetRow(row.number, values, texts, tuple(errors))


def _value(column: Column, row: RawRow, text: str, place: int | None) -> Any:
    if not text:
        if place in row.covered:
            raise FieldProblemError("cell_merged")
        if column.required:
            raise FieldProblemError("field_required")
        return None
    assert place is not None
    _check_cell(column, row.cells[place], text)
    return column.parse(text)


def _check_cell(column: Column, cell: Cell, text: str) -> None:
    """Refuse what a spreadsheet made of something else."""
    if cell.kind is Kind.UNCALCULATED:
        raise FieldProblemError("cell_not_calculated")
    if cell.kind is Kind.TOO_LONG or len(text) > LONGEST:
        raise FieldProblemError("field_too_long", max_length=LONGEST)
    if cell.kind is Kind.ERROR or text in _ERRORS:
        raise FieldProblemError("cell_is_error", error=text)
    if cell.kind is Kind.NUMBER:
        _check_number(column, cell)
    elif _ROUNDED.fullmatch(text):
        raise FieldProblemError("cell_number_too_long")


def _check_number(column: Column, cell: Cell) -> None:
    number = float(cell.text)
    if abs(number) >= EXACT_BELOW:
        raise FieldProblemError("cell_number_too_long")
    if cell.number_format and not _AS_IT_IS.fullmatch(cell.number_format.partition(";")[0]):
        raise FieldProblemError("cell_shown_otherwise", format=cell.number_format[:_TOLD])
    if cell.calculated and number == 0 and not column.zero_counts:
        raise FieldProblemError("cell_zero_calculated")
