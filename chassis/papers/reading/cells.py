"""Rows of cells as they stand in a file, whatever its format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from typing import Any, NamedTuple

LONGEST_TEXT = 32_767
"""Characters that a cell can hold (Excel's specifications and limits)."""
MOST_COLUMNS = 256
"""Columns that are looked at: what stands further right was never meant."""
MOST_ROWS = 10_000_000
"""Rows that a table can have, with room: no format has a tenth of them."""
LONGEST_FORMAT = 255
"""Characters of a number format (Excel's limit)."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[Ee][+-]?[0-9]{1,3})?")


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = "s"
    NUMBER = "n"
    DAY = "d"
    TRUTH = "b"
    ERROR = "e"
    UNCALCULATED = "u"
    """A formula whose value was not saved."""
    TOO_LONG = "l"
    """More characters than a cell can hold; they are not told."""


_KINDS = {kind.value: kind for kind in Kind}


class Cell(NamedTuple):
    """What a cell holds. `text` is the text, the digits of the number, the day or instant in ISO 8601, the error's
    name, or `1` for true; `number_format` is how a number is shown; `calculated` says that a formula made it."""

    kind: Kind
    text: str = ""
    number_format: str = ""
    calculated: bool = False

    def to_json(self) -> list[Any]:
        """As short as it can be: there are a million of them."""
        if self.calculated:
            return [self.kind, self.text, self.number_format, 1]
        return [self.kind, self.text, self.number_format] if self.number_format else [self.kind, self.text]

    @classmethod
    def from_json(cls, data: list[Any]) -> Cell:
        """The other way round; the first is the place."""
        return cls(_KINDS[data[1]], data[2], data[3] if len(data) > 3 else "", len(data) > 4)


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row with anything in it: its number in the sheet, its cells by place (0 is column A), whether it is hidden, and
    the places that a merged cell of this or another row covers."""

    number: int
    cells: Mapping[int, Cell]
    hidden: bool = False
    covered: frozenset[int] = field(default_factory=frozenset)

    def to_json(self) -> list[Any]:
        """As it goes from process to process."""
        cells = [[place, *cell.to_json()] for place, cell in self.cells.items()]
        return [self.number, cells, int(self.hidden), sorted(self.covered)]

    @classmethod
    def from_json(cls, data: list[Any]) -> RawRow:
        """The other way round."""
        number, cells, hidden, covered = data
        return cls(number, {cell[0]: Cell.from_json(cell) for cell in cells}, bool(hidden), frozenset(covered))


class UnreadableError(Exception):
    """The file can't be read; `code` is that of the refusal."""

    def __init__(self, code: str, **params: int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def text_cell(text: str, *, calculated: bool = False) -> Cell:
    """A cell of text, which is told as far as a cell can hold it."""
    return Cell(Kind.TOO_LONG) if len(text) > LONGEST_TEXT else Cell(Kind.TEXT, text, calculated=calculated)


def checked_number(digits: str) -> float:
    """The number that a file says it holds, finite and in plain digits. Raises UnreadableError for what is none."""
    if not _NUMBER.fullmatch(digits) or not isfinite(number := float(digits)):
        raise UnreadableError("workbook_unreadable")
    return number


def merged_places(ranges: Mapping[int, list[tuple[int, int]]], number: int) -> frozenset[int]:
    """The places that are covered in a row; `ranges` gives for its number the first and last of each."""
    return frozenset(
        place for first, last in ranges.get(number, ()) for place in range(first, min(last, MOST_COLUMNS - 1) + 1)
    )
