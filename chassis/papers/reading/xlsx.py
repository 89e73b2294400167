"""Workbooks as Excel has written them since 2007 (ECMA-376), WPS and others alike, by one pass over their parts.

No library tells all that counts here: how numbers are shown, which rows and sheets are hidden, what is merged.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import chain
from string import digits
from typing import IO

from chassis.papers.reading.cells import (
    MOST_COLUMNS,
    Cell,
    Kind,
    RawRow,
    UnreadableError,
    merged_places,
    text_cell,
)
from chassis.papers.reading.numbers_shown import BUILT_IN, DAY_IDS, number_cell, shows_a_day
from chassis.papers.reading.packages import Elements, Package, parse, parse_whole

_MACROS = "vbaproject.bin"
_LETTERS = re.compile(r"[A-Za-z]{1,3}")
_MERGED = re.compile(rb"mergeCell\s[^>]*?\bref=[\"']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})[\"']")
_MOST_MERGED = 200_000
"""Rows that merged cells may cover: a sheet full of them is no list."""
_MOST_TEXTS = 1_048_576 * 4
_OVERLAP = 200


def rows(file: IO[bytes], max_unpacked: int) -> Iterator[RawRow]:
    """The rows with anything in them, of the first visible sheet that has any. Raises UnreadableError."""
    package = Package(file, max_unpacked)
    workbook = _Workbook(package)
    for sheet in workbook.visible:
        found = _sheet_rows(package, workbook, sheet)
        first = next(found, None)
        if first is not None:
            yield from chain([first], found)
            return


def _sheet_rows(package: Package, workbook: _Workbook, name: str) -> Iterator[RawRow]:
    merged = _merged(package, name)
    sheet = _Sheet(workbook, merged)
    for _ in parse(package.chunks(name), sheet):
        yield from sheet.gathered
        sheet.gathered.clear()
    if not sheet.whole:
        raise UnreadableError("workbook_unreadable")


class _Workbook:
    """What the cells of all sheets refer to."""

    def __init__(self, package: Package) -> None:
        macros = any(name.endswith(_MACROS) for name in package.names())
        if macros or b"macroEnabled" in package.read("[Content_Types].xml"):
            raise UnreadableError("workbook_has_macros")
        main = _Relations(package, "_rels/.rels", "").of_kind("officeDocument")
        if main is None:
            raise UnreadableError("workbook_unreadable")
        if main.endswith(".bin"):
            raise UnreadableError("workbook_is_binary")
        folder = posixpath.dirname(main)
        relations = f"{folder}/_rels/{posixpath.basename(main)}.rels".lstrip("/")
        parts = _Relations(package, relations, folder)
        book = _Book()
        parse_whole(package.chunks(main), book)
        self.from_1904 = book.from_1904
        self.visible = [parts.sheets[id_] for id_ in book.visible if id_ in parts.sheets]
        styles = _Styles()
        if (name := parts.of_kind("styles")) is not None:
            parse_whole(package.chunks(name), styles)
        self.formats = styles.formats()
        texts = _Texts()
        if (name := parts.of_kind("sharedStrings")) is not None:
            parse_whole(package.chunks(name), texts)
        self.texts = texts.texts


class _Relations(Elements):
    """Which part stands for what: sheets by their id, others by the end of their type."""

    def __init__(self, package: Package, name: str, folder: str) -> None:
        self.sheets: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._folder = folder
        parse_whole(package.chunks(name), self)

    def begun(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{self._folder}/{target}")
            kind = attributes.get("Type", "").rpartition("/")[2]
            self._kinds[kind] = path.lstrip("/")
            if kind == "worksheet":  # a chart may have a sheet to itself
                self.sheets[attributes.get("Id", "")] = path.lstrip("/")

    def of_kind(self, kind: str) -> str | None:
        return self._kinds.get(kind)


class _Book(Elements):
    """The sheets in their order, and from when days are counted."""

    def __init__(self) -> None:
        self.visible: list[str] = []
        self.from_1904 = False

    def begun(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet" and attributes.get("state", "visible") == "visible":
            self.visible.append(next((value for key, value in attributes.items() if key.endswith(":id")), ""))


class _Styles(Elements):
    """How cells show numbers, by the number of their style."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._ids: list[int] = []
        self._inside = False

    def begun(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt" and "numFmtId" in attributes:
            self._codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            self._ids.append(int(attributes.get("numFmtId", "0")))

    def ended(self, name: str) -> None:
        if name == "cellXfs":
            self._inside = False

    def formats(self) -> list[tuple[str, bool]]:
        """For each style the format and whether it shows days."""
        known = {id_: self._format(id_) for id_ in set(self._ids)}
        return [known[id_] for id_ in self._ids]

    def _format(self, id_: int) -> tuple[str, bool]:
        code = self._codes.get(id_)
        if code is None:
            return BUILT_IN.get(id_, ""), id_ in DAY_IDS
        return code, shows_a_day(code)


class _Runs(Elements):
    """Hears the runs of a text, which are joined; phonetic guides are none of it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._heard = False
        self._phonetic = False

    def begun(self, name: str, attributes: dict[str, str]) -> None:
        if name == "t":
            self._heard = not self._phonetic
        elif name == "rPh":
            self._phonetic = True

    def ended(self, name: str) -> None:
        if name == "t":
            self._heard = False
        elif name == "rPh":
            self._phonetic = False

    def said(self, text: str) -> None:
        if self._heard:
            self._parts.append(text)


class _Texts(_Runs):
    """The texts that cells share."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def begun(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._parts = []
        else:
            super().begun(name, attributes)

    def ended(self, name: str) -> None:
        if name == "si":
            self.texts.append("".join(self._parts))
            if len(self.texts) > _MOST_TEXTS:
                raise UnreadableError("workbook_too_large_to_read")
        else:
            super().ended(name)


class _Sheet(_Runs):
    """Gathers rows. Cells without a reference follow the one before."""

    def __init__(self, workbook: _Workbook, merged: dict[int, list[tuple[int, int]]]) -> None:
        super().__init__()
        self.gathered: list[RawRow] = []
        self.whole = False
        self._book = workbook
        self._merged = merged
        self._number = 0
        self._hidden = False
        self._cells: dict[int, Cell] = {}
        self._place = -1
        self._attributes: dict[str, str] = {}
        self._formula = False

    def begun(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._attributes = attributes
            reference = attributes.get("r")
            self._place = _columns[reference.rstrip(digits)] if reference else self._place + 1
            self._formula = False
            self._parts = []
        elif name == "v":
            self._heard = True
        elif name == "row":
            self._number = int(attributes["r"]) if "r" in attributes else self._number + 1
            self._hidden = attributes.get("hidden") in ("1", "true")
            self._cells, self._place = {}, -1
        elif name == "f":
            self._formula = True
        else:
            super().begun(name, attributes)

    def ended(self, name: str) -> None:
        if name == "c":
            if self._place < MOST_COLUMNS and (self._parts or self._formula):
                cell = self._cell()
                if cell is not None:
                    self._cells[self._place] = cell
        elif name == "v":
            self._heard = False
        elif name == "row":
            if self._cells:
                covered = merged_places(self._merged, self._number) if self._merged else frozenset[int]()
                self.gathered.append(RawRow(self._number, self._cells, self._hidden, covered))
        elif name == "worksheet":
            self.whole = True
        else:
            super().ended(name)

    def _cell(self) -> Cell | None:
        held, kind = "".join(self._parts), self._attributes.get("t", "n")
        if kind == "inlineStr":
            return text_cell(held) if held else None
        if not held or (kind == "n" and not held.strip()):
            return Cell(Kind.UNCALCULATED) if self._formula and kind != "str" else None
        if kind == "s":
            return text_cell(self._book.texts[_index(held)])
        if kind == "str":
            return text_cell(held, calculated=self._formula)
        if kind == "b":
            return Cell(Kind.TRUTH, str(int(held in ("1", "true"))), calculated=self._formula)
        if kind == "e":
            return Cell(Kind.ERROR, held)
        if kind == "d":
            return Cell(Kind.DAY, held.replace("T", " ").removesuffix(" 00:00:00").removesuffix("Z"))
        return self._number_cell(held.strip())

    def _number_cell(self, number: str) -> Cell:
        style = _index(self._attributes.get("s", "0"))
        number_format, is_day = self._book.formats[style] if style < len(self._book.formats) else ("", False)
        return number_cell(
            number, number_format, is_day=is_day, from_1904=self._book.from_1904, calculated=self._formula
        )


def _index(text: str) -> int:
    """A place in a list, which is never counted from its end."""
    if not (text.isascii() and text.isdigit()):
        raise UnreadableError("workbook_unreadable")
    return int(text)


class _Columns(dict[str, int]):
    """Places of columns by their letters."""

    def __missing__(self, letters: str) -> int:
        if not _LETTERS.fullmatch(letters):
            raise UnreadableError("workbook_unreadable")
        number = 0
        for letter in letters.upper():
            number = number * 26 + ord(letter) - 64
        self[letters] = number - 1
        return number - 1


_columns = _Columns()


def _merged(package: Package, name: str) -> dict[int, list[tuple[int, int]]]:
    """Which places merged cells cover, by row, but for the corners that hold their values. It stands behind the rows,
    and is found by its letters beforehand: so rows can be told as they come."""
    covered: dict[int, list[tuple[int, int]]] = {}
    count, rest = 0, b""
    for chunk in package.chunks(name):
        text = rest + chunk
        end = 0
        for found in _MERGED.finditer(text):
            end = found.end()
            left, right = (_columns[letters.decode()] for letters in (found[1], found[3]))
            top, bottom = int(found[2]), int(found[4])
            count += bottom - top + 1
            if count > _MOST_MERGED:
                raise UnreadableError("workbook_too_large_to_read")
            for number in range(top, bottom + 1):
                covered.setdefault(number, []).append((left + (number == top), right))
        rest = text[max(end, len(text) - _OVERLAP) :]
    return covered
