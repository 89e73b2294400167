"""Workbooks as Excel has written them since 2007 (ECMA-376), WPS and others alike, by one pass over their parts.

No library tells all that counts here: how numbers are shown, which rows and sheets are hidden, what is merged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from string import digits
from typing import IO, Final

from chassis.papers.reading.cells import (
    BESIDE,
    LONGEST,
    MOST_COLUMNS,
    Cell,
    Kind,
    RawRow,
    UnreadableError,
    checked_number,
    merged_places,
    text_cell,
)
from chassis.papers.reading.numbers_shown import day_cell, number_cell
from chassis.papers.reading.packages import Elements, Package, parse, parse_whole
from chassis.papers.reading.xlsx_book import YES, Runs, Workbook, index

_LETTERS = re.compile(r"[A-Za-z]{1,3}")
_MERGED = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7}):\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_MERGE = tuple("mergeCell".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
"""The element's name in each encoding that a part may have."""
_MOST_MERGED = 200_000
"""Rows that merged cells may cover: a sheet full of them is no list."""


def rows(file: IO[bytes], max_unpacked: int, whole: int = 0) -> Iterator[RawRow]:
    """The rows with anything in them: of the visible sheets that have any the first ones, and all of that with the
    number `whole`, counted from 0. Raises UnreadableError."""
    package = Package(file, max_unpacked)
    workbook = Workbook(package)
    filled = 0
    for name in workbook.visible:
        found = islice(_sheet_rows(package, workbook, name, filled), None if filled == whole else BESIDE)
        if (first := next(found, None)) is not None:
            yield first
            yield from found
            filled += 1


def _sheet_rows(package: Package, workbook: Workbook, name: str, before: int) -> Iterator[RawRow]:
    sheet = _Sheet(workbook, _merged(package, name), before)
    for _ in parse(package.chunks(name), sheet):
        yield from sheet.gathered
        sheet.gathered.clear()
    if not sheet.whole:
        raise UnreadableError("workbook_unreadable")


class _Sheet(Runs):
    """Gathers rows. Cells without a reference follow the one before."""

    def __init__(self, workbook: Workbook, merged: Mapping[int, list[tuple[int, int]]], before: int) -> None:
        super().__init__()
        self.gathered: list[RawRow] = []
        self.whole = False
        self._book = workbook
        self._merged = merged
        self._before = before
        self._number = 0
        self._hidden = False
        self._unseen: set[int] = set()
        self._cells: dict[int, Cell] = {}
        self._place = -1
        self._attributes: Mapping[str, str] = {}
        self._formula = False
        self.begins = {
            **self.begins,
            "c": self._cell_begun,
            "v": self._value_begun,
            "f": self._formula_begun,
            "row": self._row_begun,
            "col": self._columns_begun,
        }
        self.ends = {
            **self.ends,
            "c": self._cell_ended,
            "v": self._text_ended,
            "row": self._row_ended,
            "worksheet": self._ended,
        }

    def _columns_begun(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("hidden") in YES or _is_zero(attributes.get("width")):
            first, last = (index(attributes.get(name, "")) for name in ("min", "max"))
            self._unseen.update(range(first - 1, min(last, MOST_COLUMNS)))

    def _row_begun(self, attributes: Mapping[str, str]) -> None:
        self._number = int(attributes["r"]) if "r" in attributes else self._number + 1
        # Where rows are hidden unless told otherwise (zeroHeight), those that are there are shown all the same.
        self._hidden = attributes.get("hidden") in YES or _is_zero(attributes.get("ht"))
        self._cells, self._place = {}, -1

    def _row_ended(self) -> None:
        if self._cells:
            covered = merged_places(self._merged, self._number) if self._merged else _NONE
            unseen = frozenset(self._unseen & self._cells.keys()) if self._unseen else _NONE
            row = RawRow(self._number, self._cells, self._hidden, covered, unseen, self._before)
            self.gathered.append(row)

    def _cell_begun(self, attributes: Mapping[str, str]) -> None:
        self._attributes = attributes
        reference = attributes.get("r")
        self._place = _columns[reference.rstrip(digits)] if reference else self._place + 1
        self._formula = False
        self._parts = []

    def _value_begun(self, _: Mapping[str, str]) -> None:
        self._heard = True

    def _formula_begun(self, _: Mapping[str, str]) -> None:
        self._formula = True

    def _cell_ended(self) -> None:
        if self._place < MOST_COLUMNS and (self._parts or self._formula):
            cell = self._cell()
            if cell is not None:
                self._cells[self._place] = cell

    def _ended(self) -> None:
        self.whole = True

    def _cell(self) -> Cell | None:
        held, kind = "".join(self._parts), self._attributes.get("t", "n")
        if kind == "inlineStr":
            return text_cell(held) if held else None
        if not held or (kind == "n" and not held.strip()):
            return Cell(Kind.UNCALCULATED) if self._formula and kind != "str" else None
        if kind == "s":
            return text_cell(self._book.texts[index(held)])
        if kind == "str":
            return text_cell(held, calculated=self._formula)
        if kind == "b":
            return Cell(Kind.TRUTH, str(int(held in YES)), calculated=self._formula)
        if kind == "e":
            return Cell(Kind.ERROR, held[:LONGEST])
        if kind == "d":
            return day_cell(held.strip(), calculated=self._formula)
        return self._number_cell(held.strip())

    def _number_cell(self, number: str) -> Cell:
        style = index(self._attributes.get("s", "0"))
        number_format, is_day = self._book.formats[style] if style < len(self._book.formats) else ("", False)
        return number_cell(
            number, number_format, is_day=is_day, from_1904=self._book.from_1904, calculated=self._formula
        )


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


_NONE: Final[frozenset[int]] = frozenset()


def _is_zero(size: str | None) -> bool:
    """Whether a height or a width leaves nothing to be seen."""
    return size is not None and checked_number(size) == 0


def _merged(package: Package, name: str) -> Mapping[int, list[tuple[int, int]]]:
    """Which places merged cells cover, by row, but for the corners that hold their values. It stands behind the rows,
    which are told as they come: where there is any, the part is gone through for it beforehand."""
    merged = _Merged()
    if _names_merges(package.chunks(name)):
        parse_whole(package.chunks(name), merged)
    return merged.covered


def _names_merges(chunks: Iterator[bytes]) -> bool:
    """Whether the element may be in a part, as nearly every part tells at once that it is not."""
    rest = b""
    for chunk in chunks:
        looked_at = rest + chunk
        if any(name in looked_at for name in _MERGE):
            return True
        rest = looked_at[-len(_MERGE[-1]) :]
    return False


class _Merged(Elements):
    """Gathers what merged cells cover."""

    def __init__(self) -> None:
        self.covered: dict[int, list[tuple[int, int]]] = {}
        self._rows = 0
        self.begins = {"mergeCell": self._merge}

    def _merge(self, attributes: Mapping[str, str]) -> None:
        found = _MERGED.fullmatch(attributes.get("ref", ""))
        if found is None:  # a single cell
            return
        left, right = _columns[found[1]], _columns[found[3]]
        top, bottom = int(found[2]), int(found[4])
        if right < left or bottom < top:
            raise UnreadableError("workbook_unreadable")
        self._rows += bottom - top + 1
        if self._rows > _MOST_MERGED:
            raise UnreadableError("workbook_too_large_to_read")
        for number in range(top, bottom + 1):
            self.covered.setdefault(number, []).append((left + (number == top), right))
