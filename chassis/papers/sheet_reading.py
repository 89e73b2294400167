"""Reads rows out of a table that somebody uploaded, by the columns that are expected, and trusts nothing in it.

`chassis.papers.reading` tells what stands in the file; here it gets its meaning. What a spreadsheet has done to what
was typed is answered, never guessed: a number that lost its end, an error, a formula without a value, a hidden row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice
from typing import IO, Any, NamedTuple

from chassis.papers.cell_texts import EXACT_BELOW
from chassis.papers.reading.apart import raw_rows
from chassis.papers.reading.cells import LONGEST, MOST_COLUMNS, Cell, Kind, RawRow, UnreadableError, bare_title
from chassis.papers.reading.limits import Limits
from chassis.papers.shown import shown
from chassis.papers.spreadsheets import REASONS, ROW_NUMBER, CellError, Column, SheetRow
from contracts.errors import ServiceError
from contracts.field_problem import FieldProblemError
from contracts.text import cleaning

MAX_ROWS = 50_000
HEADER_WITHIN = 10
"""Rows of a sheet among which the header is looked for."""
_OTHERS_KEPT = 40
"""Columns beside the known ones that go back with refused rows."""
_MEANINGS_KEPT = 2_000
"""Meanings of cells kept for each column."""

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
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"})


def read_rows(
    file: IO[bytes], columns: Sequence[Column], *, max_rows: int = MAX_ROWS, limits: Limits | None = None
) -> Iterator[SheetRow]:
    """The filled rows of the first visible sheet that has any, or of the one behind it that has the columns, with what
    is wrong with each. Empty rows are passed over; a row that is hidden or filtered away is refused: whoever sent it
    may not know of it.

    Raises ServiceError `workbook_unreadable`, `workbook_encrypted`, `workbook_has_macros`, `workbook_is_binary`,
    `workbook_is_web_page`, `workbook_is_xml`, `workbook_quotes_unclear`, `workbook_too_large`,
    `workbook_columns_missing`, `workbook_columns_doubled`, `workbook_empty` before the first row,
    `workbook_columns_hidden` at the first value that stands in a hidden column, `workbook_too_many_rows` after
    `max_rows`, `workbook_two_lists` at the end, and `workbook_too_large_to_read` when it takes more than `limits`.
    """
    try:
        yield from _of_sheet(0, file, columns, max_rows, limits)
    except _ListElsewhere as found:
        yield from _of_sheet(found.sheet, file, columns, max_rows, limits)


@dataclass
class _ListElsewhere(Exception):
    """The first sheet says something else, and this one is the list."""

    sheet: int


def _of_sheet(
    at: int, file: IO[bytes], columns: Sequence[Column], max_rows: int, limits: Limits | None
) -> Iterator[SheetRow]:
    rows = raw_rows(file, limits, _known_titles(columns), at)
    try:
        sheets = groupby(rows, key=lambda row: row.sheet)
        rows_there = next((sheet for number, sheet in sheets if number == at), iter(()))
        try:
            yield from _rows(rows_there, columns, max_rows)
        except ServiceError as refused:
            if refused.code == "workbook_columns_missing":
                _look_elsewhere(sheets, columns)
            raise
        if any(_is_list(beside, columns) for _, beside in sheets):
            raise ServiceError("workbook_two_lists")
    except UnreadableError as refused:
        raise ServiceError(refused.code, (), **refused.params) from None
    finally:
        rows.close()  # and with it the process that reads


def _rows(rows: Iterator[RawRow], columns: Sequence[Column], max_rows: int) -> Iterator[SheetRow]:
    first = list(islice(rows, HEADER_WITHIN))
    header = _find_header(first, columns)
    _check_header(header, columns)
    meanings = _meanings(header, columns)
    known = {title for title, _ in header.titles}
    filled = 0
    for row in chain(first[header.at + 1 :], rows):
        read = _read(row, meanings)
        if not any(read.texts[title] for title in known):
            continue
        filled += 1
        if filled > max_rows:
            raise ServiceError("workbook_too_many_rows", limit=max_rows)
        yield read
    if not filled:
        raise ServiceError("workbook_empty")


@dataclass(frozen=True, slots=True)
class _Header:
    """The titles of known columns and their places, in one of the first rows: `at` counts them from 0; and those of
    other columns."""

    at: int
    titles: Sequence[tuple[str, int]]
    others: Sequence[tuple[str, int]] = ()

    def missing(self, columns: Sequence[Column]) -> list[str]:
        """Required columns that are not there."""
        there = {title for title, _ in self.titles}
        return [column.title for column in columns if column.required and column.title not in there]


def _known_titles(columns: Sequence[Column]) -> dict[str, str]:
    """The title of today by each that a column has or formerly had."""
    return {title: column.title for column in columns for title in (column.title, *column.formerly)}


def _find_header(first: Sequence[RawRow], columns: Sequence[Column]) -> _Header:
    """The row with most known titles among the first ones. What a merged cell covers is nobody's title."""
    known = _known_titles(columns)
    headers = []
    for at, row in enumerate(first):
        titles = list(_titles(row))
        found = [(known[title], place) for place, title in titles if title in known]
        headers.append(_Header(at, found, [(title, place) for place, title in titles if title not in known]))
    return max(headers, key=lambda header: len(header.titles), default=_Header(0, ()))


def _titles(row: RawRow) -> Iterator[tuple[int, str]]:
    for place, cell in row.cells.items():
        if place not in row.covered:
            yield place, bare_title(cleaning.title(shown(cell)))


def _check_header(header: _Header, columns: Sequence[Column]) -> None:
    titles = [title for title, _ in header.titles]
    if doubled := sorted({title for title in titles if titles.count(title) > 1}):
        raise ServiceError("workbook_columns_doubled", columns="、".join(doubled))
    if missing := header.missing(columns):
        raise ServiceError("workbook_columns_missing", columns="、".join(missing))


def _look_elsewhere(sheets: Iterable[tuple[int, Iterator[RawRow]]], columns: Sequence[Column]) -> None:
    """Raises _ListElsewhere where one of the further sheets is a list; ServiceError `workbook_two_lists` where several
    are."""
    lists = [number for number, rows in sheets if _is_list(rows, columns)]
    if len(lists) > 1:
        raise ServiceError("workbook_two_lists")
    if lists:
        raise _ListElsewhere(lists[0])


def _is_list(rows: Iterable[RawRow], columns: Sequence[Column]) -> bool:
    """Whether a sheet, of which these are the first rows, has the columns and something below them. One beside the list
    may say how to fill it in, but not be a list too: which one is meant?"""
    first = list(rows)
    header = _find_header(first[:HEADER_WITHIN], columns)
    return len(header.titles) > 1 and not header.missing(columns) and header.at + 1 < len(first)


def _meanings(header: _Header, columns: Sequence[Column]) -> list[_Meanings]:
    """How cells are read, in the sheet's own order; what nobody asks for goes back with the others as it is."""
    places = dict(header.titles)
    known = [_Meanings(column, places.get(column.title)) for column in columns]
    names = [title for title, _ in header.others]
    others = [
        _Meanings(Column("", title=title), place)
        for title, place in header.others
        if title and title not in places and title not in (ROW_NUMBER, REASONS) and names.count(title) == 1
    ]
    return sorted([*known, *others[:_OTHERS_KEPT]], key=lambda each: MOST_COLUMNS if each.place is None else each.place)


class _Meaning(NamedTuple):
    """What a cell shows, the value that it has in its column, and what is wrong with it."""

    text: str
    value: Any = None
    error: CellError | None = None


class _Meanings:
    """What the cells of a column mean, of which some are kept: most columns say the same again and again."""

    def __init__(self, column: Column, place: int | None) -> None:
        self.column, self.place = column, place
        self._kept: dict[Cell, _Meaning] = {}

    def of(self, cell: Cell) -> _Meaning:
        """What this cell means here."""
        kept = self._kept.get(cell)
        if kept is None:
            kept = self._judged(cell)
            if len(self._kept) < _MEANINGS_KEPT:
                self._kept[cell] = kept
        return kept

    def _judged(self, cell: Cell) -> _Meaning:
        text = shown(cell)
        if not self.column.field:
            return _Meaning(text)
        try:
            return _Meaning(text, _value(self.column, cell, text))
        except FieldProblemError as problem:
            return _Meaning(text, None, CellError(self.column.title, problem.code, problem.params))


def _read(row: RawRow, meanings: Sequence[_Meanings]) -> SheetRow:
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    errors = [CellError("", "row_hidden")] if row.hidden else []
    for column in meanings:
        title, field, place = column.column.title, column.column.field, column.place
        meaning = _Meaning("") if place is None else column.of(row.cells.get(place, _NOTHING))
        if place is not None:
            texts[title] = meaning.text
        if not field:
            continue
        values[field] = None if place in row.covered else meaning.value
        if place in row.covered:
            errors.append(CellError(title, "cell_merged"))
        elif meaning.error is not None:
            errors.append(meaning.error)
    if row.unseen:
        _refuse_hidden_columns(row, texts, meanings)
    return SheetRow(row.number, values, texts, tuple(errors))


def _refuse_hidden_columns(row: RawRow, texts: Mapping[str, str], meanings: Sequence[_Meanings]) -> None:
    hidden = [each.column.title for each in meanings if each.column.field and each.place in row.unseen]
    if unseen := sorted(title for title in hidden if texts[title]):
        raise ServiceError("workbook_columns_hidden", columns="、".join(unseen))


def _value(column: Column, cell: Cell, text: str) -> Any:
    if not text:
        if column.required:
            raise FieldProblemError("field_required")
        return None
    _check_cell(column, cell, text)
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
