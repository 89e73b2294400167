"""Reads rows out of a workbook that somebody uploaded, and trusts nothing in it.

The archive is measured before it is unpacked, macros and encryption are refused, formulas count with the value they
had when saved, and XML entities are not resolved.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.workbook import Workbook

from chassis.papers.spreadsheets import CellError, Column, SheetRow
from contracts.errors import ServiceError
from contracts.errors.fields import FieldProblemError
from contracts.text import cleaning
from contracts.words import truth_word

MAX_ROWS = 50_000
MAX_UNPACKED = 128 * 1024 * 1024
"""Bytes that all parts of a workbook may have together."""
_MAX_PARTS = 2_000
_MAX_RATIO = 300
_RATIO_FROM = 1024 * 1024
_MAX_COLUMNS = 256
_HEADER_WITHIN = 10

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_PADDED = re.compile(r"0{2,}")
# Excel keeps 15 digits of a number: a longer one has lost its end.
_EXACT_BELOW = 10**15

if not DEFUSEDXML:  # without it openpyxl would resolve entities: a small file could fill the memory
    raise ImportError("defusedxml is needed to read workbooks")


@dataclass(frozen=True, slots=True)
class _Cells:
    """A row: its values, and by place the number formats that show zeros in front of a whole number."""

    values: tuple[Any, ...]
    formats: Mapping[int, str] = field(default_factory=dict)


def read_rows(file: IO[bytes], columns: Sequence[Column], *, max_rows: int = MAX_ROWS) -> Iterator[SheetRow]:
    """The filled rows of the first sheet, with what is wrong with each. Empty rows are passed over.

    Raises ServiceError `workbook_unreadable`, `workbook_encrypted`, `workbook_has_macros`, `workbook_too_large`,
    `workbook_columns_missing`, `workbook_columns_doubled`, `workbook_empty` before the first row, and
    `workbook_too_many_rows` after `max_rows`.
    """
    _check_archive(file)
    return _rows(file, columns, max_rows)


def _rows(file: IO[bytes], columns: Sequence[Column], max_rows: int) -> Iterator[SheetRow]:
    workbook = _open(file)
    try:
        numbered = enumerate(_sheet_rows(workbook), start=1)
        places = _find_header(numbered, columns)
        filled = 0
        for number, cells in numbered:
            if cells.values.count(None) == len(cells.values):  # there may be a million of them
                continue
            texts = {title: _text(cells, place) for title, place in places.items()}
            if not any(texts.values()):
                continue
            filled += 1
            if filled > max_rows:
                raise ServiceError("workbook_too_many_rows", limit=max_rows)
            yield _parse(number, texts, cells, places, columns)
        if not filled:
            raise ServiceError("workbook_empty")
    finally:
        workbook.close()


def cell_text(value: Any) -> str:
    """What a person sees in a cell, without spaces around it; days as 2026-09-01."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return truth_word(value).zh
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    return cleaning.bare(cleaning.unescaped(str(value)))


def _text(cells: _Cells, place: int) -> str:
    """The text of a cell, whole numbers with the zeros in front that its format shows."""
    text = cell_text(cells.values[place]) if place < len(cells.values) else ""
    number_format = cells.formats.get(place, "")
    return text.zfill(len(number_format)) if _PADDED.fullmatch(number_format) else text


def _pads(number_format: str) -> bool:
    """Whether it shows zeros in front of a number. Of its parts the first is for positive ones."""
    return _PADDED.search(number_format.partition(";")[0].partition(".")[0]) is not None


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 and value == int(value)


def _check_archive(file: IO[bytes]) -> None:
    file.seek(0)
    if file.read(len(_OLE)) == _OLE:  # Office wraps an encrypted workbook in the format of old .xls files
        raise ServiceError("workbook_encrypted" if _ENCRYPTED_PACKAGE in file.read() else "workbook_unreadable")
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            types = _content_types(archive, parts)
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise ServiceError("workbook_unreadable") from None
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts) or b"macroEnabled" in types:
        raise ServiceError("workbook_has_macros")


def _content_types(archive: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo]) -> bytes:
    """The list of the parts' types, after making sure that unpacking is safe."""
    unpacked = sum(part.file_size for part in parts)
    bombs = (p for p in parts if p.file_size > _RATIO_FROM and p.file_size > _MAX_RATIO * max(1, p.compress_size))
    if unpacked > MAX_UNPACKED or len(parts) > _MAX_PARTS or any(bombs):
        raise ServiceError("workbook_too_large", limit=MAX_UNPACKED)
    if any(part.flag_bits & 1 for part in parts):
        raise ServiceError("workbook_encrypted")
    return archive.read("[Content_Types].xml")


def _open(file: IO[bytes]) -> Workbook:
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that are not read
            return load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception:  # openpyxl raises whatever it stumbles over
        raise ServiceError("workbook_unreadable") from None


def _sheet_rows(workbook: Workbook) -> Iterator[_Cells]:
    if not workbook.worksheets:
        raise ServiceError("workbook_unreadable")
    sheet: Any = workbook.worksheets[0]
    sheet.reset_dimensions()  # what the file claims about its size may be wrong
    try:
        custom_formats: list[str] = workbook._number_formats  # type: ignore[attr-defined]
        if any(map(_pads, custom_formats)):  # cells as objects take twice the time
            yield from map(_with_formats, sheet.iter_rows(max_col=_MAX_COLUMNS))
        else:
            yield from map(_Cells, sheet.iter_rows(values_only=True, max_col=_MAX_COLUMNS))
    except ServiceError:
        raise
    except Exception:
        raise ServiceError("workbook_unreadable") from None


def _with_formats(cells: Sequence[Any]) -> _Cells:
    formats = {n: c.number_format for n, c in enumerate(cells) if _is_whole(c.value) and _pads(c.number_format)}
    return _Cells(tuple(cell.value for cell in cells), formats)


def _find_header(rows: Iterator[tuple[int, _Cells]], columns: Sequence[Column]) -> dict[str, int]:
    """Title → place of each known column, from the first row that has any of them. One that is called as it was called
    formerly has the title of today."""
    known = {title: column.title for column in columns for title in (column.title, *column.formerly)}
    titles: list[str] = []
    found: list[str] = []
    for number, cells in rows:
        titles = [known.get(_plain_title(value), "") for value in cells.values]
        found = [title for title in titles if title]
        if found or number >= _HEADER_WITHIN:
            break
    if doubled := sorted({title for title in found if found.count(title) > 1}):
        raise ServiceError("workbook_columns_doubled", columns="、".join(doubled))
    if missing := [column.title for column in columns if column.required and column.title not in found]:
        raise ServiceError("workbook_columns_missing", columns="、".join(missing))
    return {title: titles.index(title) for title in found}


def _plain_title(value: Any) -> str:
    """A title without the spaces, line breaks and the asterisk that mark it in templates."""
    return re.sub(r"[\s*＊]", "", cleaning.title(cell_text(value)))


def _parse(
    number: int,
    texts: dict[str, str],
    cells: _Cells,
    places: dict[str, int],
    columns: Sequence[Column],
) -> SheetRow:
    values: dict[str, Any] = {}
    errors: list[CellError] = []
    for column in columns:
        text = texts.get(column.title, "")
        values[column.field] = None
        if not text:
            if column.required:
                errors.append(CellError(column.title, "field_required"))
            continue
        try:
            values[column.field] = _value(column, text, cells, places[column.title])
        except FieldProblemError as problem:
            errors.append(CellError(column.title, problem.code, problem.params))
    return SheetRow(number, values, texts, tuple(errors))


def _value(column: Column, text: str, cells: _Cells, place: int) -> Any:
    if text in _ERRORS:
        raise FieldProblemError("field_bad_format")
    value, number_format = cells.values[place], cells.formats.get(place)
    if isinstance(value, int | float) and abs(value) >= _EXACT_BELOW:
        raise FieldProblemError("cell_number_too_long")
    if number_format is not None and not _PADDED.fullmatch(number_format):  # other signs too, as in 000-0000
        raise FieldProblemError("cell_shown_otherwise", format=number_format)
    return column.parse(text)
