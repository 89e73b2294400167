"""OpenDocument spreadsheets (ISO/IEC 26300): what LibreOffice and WPS save as .ods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import IO

from chassis.papers.reading.cells import (
    BESIDE,
    LONGEST_FORMAT,
    MOST_COLUMNS,
    Cell,
    Kind,
    RawRow,
    UnreadableError,
    checked_number,
    text_cell,
)
from chassis.papers.reading.numbers_shown import day_cell
from chassis.papers.reading.packages import Elements, Package, parse

_CONTENT = "content.xml"
_PLAIN = re.compile(r"-?[0-9][0-9, ]*(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?|")
"""A number as it is, but for the signs between thousands."""
_MOST_REPEATED = 100_000
"""Filled rows that one row may stand for: more than any list may have."""
_TIMES = re.compile(r"[1-9][0-9]{0,7}")
_MOST_SPACES = 1_000
_SPACE, _TAB, _BREAK = "\x01", "\x02", "\x03"
"""Stand for white space that is meant: no text of XML can have them."""
_MEANT = str.maketrans({_SPACE: " ", _TAB: "\t", _BREAK: "\n"})
_WHITE = re.compile(r"[ \t\r\n]+")
_VALUES = {
    "float": "office:value", "currency": "office:value", "percentage": "office:value",
    "date": "office:date-value", "boolean": "office:boolean-value",
}  # fmt: skip
"""Where the value of a cell of each type stands. That of a text is what it shows."""
_ASIDE = (
    "annotation", "ruby-text", "note", "tracked-changes", "dde-links", "shapes", "frame", "g", "object",
    "custom-shape", "text-box", "rect", "line", "polyline", "polygon", "regular-polygon", "path", "circle", "ellipse",
    "connector", "caption", "measure", "control", "page-thumbnail",
)  # fmt: skip
"""What is no part of a cell's text: remarks, guides to the sound, pictures and what was changed."""


def rows(file: IO[bytes], max_unpacked: int) -> Iterator[RawRow]:
    """The rows with anything in them, of the first visible sheet that has any, and the first ones of further sheets.
    Raises UnreadableError."""
    package = Package(file, max_unpacked)
    if "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise UnreadableError("workbook_encrypted")
    tables = _Tables()
    for _ in parse(package.chunks(_CONTENT), tables):
        yield from tables.gathered
        tables.gathered.clear()


class _Tables(Elements):
    """Gathers rows of visible tables. Styles, which hide tables, stand before them."""

    def __init__(self) -> None:
        self.gathered: list[RawRow] = []
        self._hiding: set[str] = set()
        self._style = ""
        self._visible = False
        self._before = 0
        self._told = 0
        self._number = 0
        self._repeated = 1
        self._row_hidden = False
        self._column = 0
        self._unseen: set[int] = set()
        self._place = 0
        self._cells: dict[int, Cell] = {}
        self._covered: set[int] = set()
        self._attributes: Mapping[str, str] = {}
        self._lines: list[list[str]] | None = None
        self._aside = 0
        self.begins = {
            "style": self._style_begun,
            "table-properties": self._properties_begun,
            "table": self._table_begun,
            "table-column": self._column_begun,
            "table-row": self._row_begun,
            "table-cell": self._cell_begun,
            "covered-table-cell": self._cell_begun,
            "p": self._line_begun,
            "s": self._spaces,
            "tab": partial(self._sign, _TAB),
            "line-break": partial(self._sign, _BREAK),
            **dict.fromkeys(_ASIDE, self._aside_begun),
        }
        self.ends = {
            "table": self._table_ended,
            "table-row": self._row_ended,
            "table-cell": partial(self._cell_ended, covered=False),
            "covered-table-cell": partial(self._cell_ended, covered=True),
            **dict.fromkeys(_ASIDE, self._aside_ended),
        }

    def said(self, text: str) -> None:
        if self._lines and not self._aside:
            self._lines[-1].append(text)

    def _aside_begun(self, _: Mapping[str, str]) -> None:
        self._aside += 1

    def _aside_ended(self) -> None:
        self._aside -= 1

    def _style_begun(self, attributes: Mapping[str, str]) -> None:
        self._style = attributes.get("style:name", "")

    def _properties_begun(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("table:display") == "false":
            self._hiding.add(self._style)

    def _table_begun(self, attributes: Mapping[str, str]) -> None:
        if self._aside or self._lines is not None:  # a table inside of a cell, or of a picture
            self._aside += 1
            return
        self._visible = attributes.get("table:style-name", "") not in self._hiding
        self._number, self._told, self._column, self._unseen = 0, 0, 0, set()

    def _table_ended(self) -> None:
        if self._aside:
            self._aside -= 1
        else:
            self._before += bool(self._told)

    def _column_begun(self, attributes: Mapping[str, str]) -> None:
        if not self._aside:
            first, self._column = self._column, self._column + _times(attributes, "table:number-columns-repeated")
            if attributes.get("table:visibility", "visible") != "visible":
                self._unseen.update(range(first, min(self._column, MOST_COLUMNS)))

    def _row_begun(self, attributes: Mapping[str, str]) -> None:
        if not self._aside:
            self._repeated = _times(attributes, "table:number-rows-repeated")
            self._row_hidden = attributes.get("table:visibility", "visible") != "visible"
            self._place, self._cells, self._covered = 0, {}, set()

    def _row_ended(self) -> None:
        if self._aside:
            return
        if self._cells and self._visible:
            times = min(self._repeated, BESIDE - self._told if self._before else _MOST_REPEATED)
            unseen = frozenset(self._unseen & self._cells.keys())
            covered = frozenset(self._covered)
            for number in range(self._number + 1, self._number + times + 1):
                self.gathered.append(RawRow(number, self._cells, self._row_hidden, covered, unseen, self._before))
            self._told += max(0, times)
        self._number += self._repeated

    def _cell_begun(self, attributes: Mapping[str, str]) -> None:
        if not self._aside:
            self._attributes, self._lines = attributes, []

    def _cell_ended(self, *, covered: bool) -> None:
        if self._aside:
            return
        times = _times(self._attributes, "table:number-columns-repeated")
        places = range(self._place, min(self._place + times, MOST_COLUMNS))
        if covered:
            self._covered.update(places)
        elif (cell := self._cell()) is not None:
            self._cells.update(dict.fromkeys(places, cell))
        self._place += times
        self._lines = None

    def _line_begun(self, _: Mapping[str, str]) -> None:
        if self._lines is not None and not self._aside:
            self._lines.append([])

    def _spaces(self, attributes: Mapping[str, str]) -> None:
        self._sign(_SPACE * min(_times(attributes, "text:c"), _MOST_SPACES))

    def _sign(self, sign: str, _: Mapping[str, str] | None = None) -> None:
        if self._lines and not self._aside:
            self._lines[-1].append(sign)

    def _cell(self) -> Cell | None:
        kind = self._attributes.get("office:value-type", "")
        shown = "\n".join(map(_line, self._lines or ()))
        calculated = "table:formula" in self._attributes
        if calculated and shown.startswith(("#", "Err:")):
            return Cell(Kind.ERROR, shown)
        value = self._attributes.get(_VALUES.get(kind, ""), "")
        if calculated and not value and (kind != "string" and (kind in _VALUES or not shown)):
            return Cell(Kind.UNCALCULATED)
        if kind in ("float", "currency", "percentage"):
            return _number_cell(value, shown, calculated=calculated)
        if kind == "date":
            return day_cell(value, calculated=calculated)
        if kind == "boolean":
            return Cell(Kind.TRUTH, str(int(value == "true")), calculated=calculated)
        return text_cell(shown, calculated=calculated) if shown else None


def _line(parts: list[str]) -> str:
    """A paragraph's text: white space is one space and none at its ends (ISO/IEC 26300-1, 6.1.2), but for what is
    meant."""
    text = "".join(parts)
    return text if text.isalnum() else _WHITE.sub(" ", text).strip(" ").translate(_MEANT)


def _times(attributes: Mapping[str, str], name: str) -> int:
    """How often something stands there. Raises UnreadableError for what is no number from 1 on."""
    if (times := attributes.get(name)) is None:
        return 1
    if not _TIMES.fullmatch(times):
        raise UnreadableError("workbook_unreadable")
    return int(times)


def _number_cell(digits: str, shown: str, *, calculated: bool) -> Cell:
    """A whole number that is shown with zeros in front of it has a format of as many zeros; one that is shown with
    other signs has a format that says so."""
    checked_number(digits)
    if shown.isascii() and shown.isdigit():
        number_format = "0" * len(shown) if shown.startswith("0") and len(shown) > 1 else ""
    else:
        number_format = "" if _PLAIN.fullmatch(shown) else f'"{shown}"'
    return Cell(Kind.NUMBER, digits, number_format[:LONGEST_FORMAT], calculated)
