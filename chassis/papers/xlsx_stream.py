"""Writes workbooks of any length while their rows come, in constant memory: what lists go out as.

The parts are written by hand: openpyxl, which makes the templates, takes more than ten times as long. Texts stand in
their cells (no table of shared ones has to be kept), so none is ever a formula, whatever it begins with.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape
from itertools import islice
from typing import IO, Any, Final

from chassis.papers.cell_texts import EXACT_BELOW, excel_text, local_time

MAX_ROWS: Final = 1_048_575
"""Rows that a sheet has below its header."""
_ROWS_AT_ONCE = 500
_LEVEL = 3
"""Of compression: level 6 takes twice as long for a twentieth less."""
_EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's calendar, which has a 29 February 1900: right from 1 March 1900 on."""
_FIRST_DAY = date(1900, 3, 1)
_MAX_NAME = 31
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'"))

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_HEADER, _TEXT, _DAY, _INSTANT, _CENTS = 1, 2, 3, 4, 5
"""Places in the list of styles."""
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFDDEBF7"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>'
    + "".join(
        f'<xf numFmtId="{number_format}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for number_format in (49, 164, 165, 2)
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its rows come one by one and are as wide as its titles. `widths` are in characters."""

    name: str
    titles: Sequence[str]
    widths: Sequence[int]
    rows: Iterable[Sequence[Any]]


def write_xlsx(file: IO[bytes], sheets: Sequence[Sheet]) -> None:
    """Write a workbook; the rows of a sheet are asked for when those of the one before are written. Cells are texts,
    numbers, days, instants or None. Raises ValueError for more rows than a sheet has."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for number, sheet in enumerate(sheets, start=1):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                _write_sheet(part, sheet)
        for name, content in _other_parts(sheets):
            archive.writestr(name, content)


def _write_sheet(part: IO[bytes], sheet: Sheet) -> None:
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(sheet.widths, start=1)
    )
    part.write(
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>".encode()
    )
    letters = [_letters(place) for place in range(len(sheet.titles))]
    header = "".join(_text_cell(f"{a}1", title, _HEADER) for a, title in zip(letters, sheet.titles, strict=True))
    part.write(f'<row r="1">{header}</row>'.encode())
    rows, number = iter(sheet.rows), 1
    while block := list(islice(rows, _ROWS_AT_ONCE)):
        if number + len(block) > MAX_ROWS + 1:
            raise ValueError(f"more than {MAX_ROWS} rows")
        part.write("".join(_row(letters, number + n, row) for n, row in enumerate(block, start=1)).encode())
        number += len(block)
    part.write(b"</sheetData></worksheet>")


def _row(letters: Sequence[str], number: int, values: Sequence[Any]) -> str:
    cells = [
        _CELLS[type(value)](f"{letter}{number}", value)
        for letter, value in zip(letters, values, strict=True)
        if value is not None
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _text_cell(place: str, text: str, style: int = _TEXT) -> str:
    text = excel_text(text)
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{kept}>{escape(text, quote=False)}</t></is></c>'


def _number_cell(place: str, number: int) -> str:
    if -EXACT_BELOW < number < EXACT_BELOW:
        return f'<c r="{place}"><v>{number}</v></c>'
    return _text_cell(place, str(number))


def _decimal_cell(place: str, number: Decimal) -> str:
    if not number.is_finite() or len(number.as_tuple().digits) > 15:
        return _text_cell(place, str(number))
    style = f' s="{_CENTS}"' if number.as_tuple().exponent == -2 else ""
    return f'<c r="{place}"{style}><v>{number:f}</v></c>'


def _day_cell(place: str, day: date) -> str:
    if day < _FIRST_DAY:
        return _text_cell(place, day.isoformat())
    return f'<c r="{place}" s="{_DAY}"><v>{(day - _EPOCH).days}</v></c>'


def _instant_cell(place: str, instant: datetime) -> str:
    shown = local_time(instant)
    if shown.date() < _FIRST_DAY:
        return _text_cell(place, shown.isoformat(" ", "seconds"))
    seconds = shown.hour * 3600 + shown.minute * 60 + shown.second
    return f'<c r="{place}" s="{_INSTANT}"><v>{(shown.date() - _EPOCH).days + seconds / 86_400!r}</v></c>'


_CELLS: dict[type, Callable[[str, Any], str]] = {
    str: _text_cell,
    int: _number_cell,
    Decimal: _decimal_cell,
    date: _day_cell,
    datetime: _instant_cell,
}


def _letters(place: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    place += 1
    while place:
        place, last = divmod(place - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters


def _sheet_name(name: str) -> str:
    """A name that Excel bears: some signs and a length beyond 31 make it call the file damaged."""
    return name.translate(_NOT_IN_NAMES)[:_MAX_NAME] or "Sheet"


def _other_parts(sheets: Sequence[Sheet]) -> Iterable[tuple[str, str]]:
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{overrides}</Types>',
    )
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    named = "".join(
        f'<sheet name="{escape(_sheet_name(sheet.name))}" sheetId="{n}" r:id="rId{n}"/>'
        for n, sheet in zip(numbers, sheets, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>',
    )
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*targets, ("styles", "styles.xml")])
    yield "xl/styles.xml", _STYLES


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'
