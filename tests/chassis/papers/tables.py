"""Tables as clerks send them, in every format: made with other people's libraries, or by hand where none writes it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
import xlwt
from openpyxl import Workbook

Row = Sequence[Any]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def saved(book: Workbook) -> io.BytesIO:
    """A workbook of openpyxl as a file."""
    file = io.BytesIO()
    book.save(file)
    return file


def xlsx(*rows: Row) -> io.BytesIO:
    """Written by openpyxl, which puts texts into their cells."""
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    return saved(book)


def shared_xlsx(*rows: Row) -> io.BytesIO:
    """Written by XlsxWriter, which shares texts as Excel does."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file


def xls(
    *rows: Row,
    styles: Mapping[tuple[int, int], str] | None = None,
    hidden: Sequence[int] = (),
    beside: Sequence[Row] = (),
) -> io.BytesIO:
    """Written by xlwt as Excel 97 did; `styles` are number formats by place, `hidden` rows counted from 0, `beside` the
    rows of a second sheet."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名单")
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            number_format = (styles or {}).get((number, place), "General")
            sheet.write(number, place, value, xlwt.easyxf(num_format_str=number_format))
        sheet.row(number).hidden = number in hidden
    if beside:
        second = book.add_sheet("另一张")
        for number, row in enumerate(beside):
            for place, value in enumerate(row):
                second.write(number, place, value)
    file = io.BytesIO()
    book.save(file)
    return file


def ods(*rows: str, style: str = "", before: str = "", after: str = "") -> io.BytesIO:
    """An OpenDocument sheet of these `table:table-row` elements; `before` and `after` are tables beside it."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style", "draw")
    )
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{style}</office:automatic-styles><office:body>"
        f"<office:spreadsheet>{before}<table:table table:name='a'>{''.join(rows)}</table:table>{after}"
        "</office:spreadsheet>"
        "</office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
    return file


def ods_row(*texts: str, attributes: str = "") -> str:
    """A row of texts."""
    cells = "".join(
        f"<table:table-cell office:value-type='string'><text:p>{escape(text)}</text:p></table:table-cell>"
        for text in texts
    )
    return f"<table:table-row {attributes}>{cells}</table:table-row>"


def by_hand(sheet: str, *, strict: bool = False, prefix: str = "", names: str = "xl/{}", texts: str = "") -> io.BytesIO:
    """A workbook of the parts that have to be, with this inside of `sheetData`: strict, with a prefix to each name, or
    with parts that are called otherwise."""
    relations = _STRICT if strict else _OFFICE
    main, list_ = names.format("workbook.xml"), names.format("lists/first.xml")
    p = prefix
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r" Type="{relations}/officeDocument"'
        f' Target="/{main}"/></Relationships>',
        main: f'<{p}workbook xmlns:r="{relations}"><{p}sheets><{p}sheet name="a" r:id="r1"/></{p}sheets></{p}workbook>',
        names.format("_rels/workbook.xml.rels"): f'<Relationships><Relationship Id="r1" Type="{relations}/worksheet"'
        f' Target="/{list_}"/><Relationship Id="r2" Type="{relations}/sharedStrings" Target="SharedStrings.xml"/>'
        "</Relationships>",
        list_: f"<{p}worksheet><{p}sheetData>{sheet}</{p}sheetData></{p}worksheet>",
        names.format("sharedstrings.xml"): f"<{p}sst>{texts}</{p}sst>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return file


def inline(*values: str, row: int, prefix: str = "") -> str:
    """A row of texts that stand in their cells, for inside of `by_hand`."""
    p = prefix
    cells = "".join(f'<{p}c t="inlineStr"><{p}is><{p}t>{value}</{p}t></{p}is></{p}c>' for value in values)
    return f'<{p}row r="{row}">{cells}</{p}row>'
