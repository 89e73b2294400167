"""OpenDocument spreadsheets (ISO/IEC 26300): what LibreOffice and WPS save as .ods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from chassis.papers.reading.cells import (
    LONGEST_FORMAT,
    MOST_COLUMNS,
    Cell,
    Kind,
    RawRow,
    UnreadableError,
    checked_number,
    text_cell,
)
from chassis.papers.reading.packages import Elements, Package, parse

_CONTENT = "content.xml"
_PLAIN = re.compile(r"-?[0-9][0-9, ]*(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?|")
"""A number as it is, but for the signs between thousands."""
_MOST_REPEATED = 100_000
"""Filled rows that one row may stand for: more than any list may have."""


def rows(file: IO[bytes], max_unpacked: int) -> Iterator[RawRow]:
    """The rows with anything in them, of the first visible sheet that has any. Raises UnreadableError."""
    package = Package(file, max_unpacked)
    if "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise UnreadableError("workbook_encrypted")
    tables = _Tables()
    for _ in parse(package.chunks(_CONTENT), tables):
        yield from tables.gathered
        tables.gathered.clear()
        if tables.done:
            return


class _Tables(Elements):
    """Gathers rows of the first visible table that has any. Styles, which hide tables, stand before them."""

    def __init__(self) -> None:
        self.gathered: list[RawRow] = []
        self.done = False
        self._hiding: set[str] = set()
        self._style = ""
        self._visible = False
        self._any = False
        self._number = 0
        self._repeated = 1
        self._row_hidden = False
        self._place = 0
        self._cells: dict[int, Cell] = {}
        self._covered: set[int] = set()
        self._attributes: dict[str, str] = {}
        self._lines: list[list[str]] | None = None
        self._note = 0

    def begun(self, name: str, attributes: dict[str, str]) -> None:
        if name == "p" and self._lines is not None and not self._note:
            self._lines.append([])
        elif name in ("s", "tab", "line-break") and self._lines:
            sign = {"s": " ", "tab": "\t", "line-break": "\n"}[name]
            self._lines[-1].append(sign * min(int(attributes.get("text:c", "1")), 1_000))
        elif name == "annotation":
            self._note += 1
        elif name in ("table-cell", "covered-table-cell"):
            self._attributes, self._lines = attributes, []
        elif name == "table-row":
            self._repeated = int(attributes.get("table:number-rows-repeated", "1"))
            self._row_hidden = attributes.get("table:visibility", "visible") != "visible"
            self._place, self._cells, self._covered = 0, {}, set()
        elif name == "table":
            self._visible = attributes.get("table:style-name", "") not in self._hiding
            self._number = 0
        elif name == "style":
            self._style = attributes.get("style:name", "")
        elif name == "table-properties" and attributes.get("table:display") == "false":
            self._hiding.add(self._style)

    def ended(self, name: str) -> None:
        if name in ("table-cell", "covered-table-cell"):
            self._end_cell(covered=name == "covered-table-cell")
        elif name == "annotation":
            self._note -= 1
        elif name == "table-row":
            self._end_row()
        elif name == "table":
            self.done = self.done or self._any

    def said(self, text: str) -> None:
        if self._lines and not self._note:
            self._lines[-1].append(text)

    def _end_cell(self, *, covered: bool) -> None:
        times = int(self._attributes.get("table:number-columns-repeated", "1"))
        places = range(self._place, min(self._place + times, MOST_COLUMNS))
        if covered:
            self._covered.update(places)
        elif (cell := self._cell()) is not None:
            self._cells.update(dict.fromkeys(places, cell))
        self._place += times
        self._lines = None

    def _cell(self) -> Cell | None:
        kind = self._attributes.get("office:value-type", "")
        shown = "\n".join("".join(line) for line in self._lines or ())
        calculated = "table:formula" in self._attributes
        if shown.startswith(("#", "Err:")) and calculated:
            return Cell(Kind.ERROR, shown)
        if kind in ("float", "currency", "percentage"):
            return self._number_cell(shown, calculated=calculated)
        if kind == "date":
            day = self._attributes.get("office:date-value", "").replace("T", " ")
            return Cell(Kind.DAY, day.removesuffix(" 00:00:00"))
        if kind == "boolean":
            return Cell(Kind.TRUTH, str(int(self._attributes.get("office:boolean-value") == "true")))
        if not shown:
            return Cell(Kind.UNCALCULATED) if calculated and kind != "string" else None
        return text_cell(shown, calculated=calculated)

    def _number_cell(self, shown: str, *, calculated: bool) -> Cell:
        """A whole number that is shown with zeros in front of it has a format of as many zeros; one that is shown with
        other signs has a format that says so."""
        digits = self._attributes.get("office:value", "")
        checked_number(digits)
        if shown.isascii() and shown.isdigit():
            number_format = "0" * len(shown) if shown.startswith("0") and len(shown) > 1 else ""
        else:
            number_format = "" if _PLAIN.fullmatch(shown) else f'"{shown}"'[:LONGEST_FORMAT]
        return Cell(Kind.NUMBER, digits, number_format, calculated)

    def _end_row(self) -> None:
        if self._cells and self._visible and not self.done:
            self._any = True
            for number in range(self._number + 1, self._number + min(self._repeated, _MOST_REPEATED) + 1):
                self.gathered.append(RawRow(number, self._cells, self._row_hidden, frozenset(self._covered)))
        self._number += self._repeated
