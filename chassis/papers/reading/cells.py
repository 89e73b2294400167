"""Rows of cells as they stand in a file, whatever its format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any, NamedTuple

LONGEST_TEXT = 32_767
"""Characters that a cell can hold (Excel's specifications and limits)."""
LONGEST = 4_000
"""Characters that any column takes. Of longer ones so many and one more are told, so that they stay too long."""
BESIDE = 20
"""Rows told of each further visible sheet: enough to see whether it is a list too."""
MOST_COLUMNS = 256
"""Columns that are looked at: what stands further right was never meant."""
MOST_ROWS = 10_000_000
"""Rows that a table can have, with room: no format has a tenth of them."""
LONGEST_FORMAT = 255
"""Characters of a number format (Excel's limit)."""
NUL = "\0"
"""What no format shows, and no database keeps."""
_AROUND_TITLES = re.compile(r"[\s*＊]")
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
    """More characters than any column takes; the first of them are told."""


_KINDS = {kind.value: kind for kind in Kind}


class Cell(NamedTuple):
    """What a cell holds. `text` is the text, the digits of the number, the day or instant in ISO 8601, the error's
    name, or `1` for true; `number_format` is how a number is shown; `calculated` says that a formula made it."""

    kind: Kind
    text: str = ""
    number_format: str = ""
    calculated: bool = False

    def to_json(self) -> Any:
        """As short as it can be, since there are a million of them: a mere text is all that most are."""
        if self.kind is Kind.TEXT and not self.calculated:
            return self.text
        return [self.kind.value, self.text, self.number_format, self.calculated]

    @classmethod
    def from_json(cls, data: Any) -> Cell:
        """The other way round."""
        return cls(Kind.TEXT, data) if isinstance(data, str) else cls(_KINDS[data[0]], *data[1:])


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row with anything in it: its number in the sheet, its cells by place (0 is column A), whether it is hidden, the
    places that a merged cell of this or another row covers, the places of its cells that stand in hidden columns, and
    how many sheets with rows stand before its own."""

    number: int
    cells: Mapping[int, Cell]
    hidden: bool = False
    covered: frozenset[int] = frozenset()
    unseen: frozenset[int] = frozenset()
    sheet: int = 0

    def to_json(self) -> list[Any]:
        """As it goes from process to process."""
        cells: list[Any] = [None] * (max(self.cells) + 1)
        for place, cell in self.cells.items():
            cells[place] = cell.to_json()
        return [self.number, cells, self.hidden, list(self.covered), list(self.unseen), self.sheet]

    @classmethod
    def from_json(cls, data: list[Any]) -> RawRow:
        """The other way round."""
        number, cells, hidden, covered, unseen, sheet = data
        read = {place: Cell.from_json(cell) for place, cell in enumerate(cells) if cell is not None}
        return cls(number, read, hidden, frozenset(covered), frozenset(unseen), sheet)


class UnreadableError(Exception):
    """The file can't be read; `code` is that of the refusal."""

    def __init__(self, code: str, **params: int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def text_cell(text: str, *, calculated: bool = False) -> Cell:
    """A cell of text, which is told as far as any column takes it, without the characters that no database keeps."""
    text = text.replace(NUL, "")
    if len(text) > LONGEST:
        return Cell(Kind.TOO_LONG, text[: LONGEST + 1])
    return Cell(Kind.TEXT, text, calculated=calculated)


def bare_title(text: str) -> str:
    """A title without the spaces, line breaks and the asterisk that mark it in templates."""
    return _AROUND_TITLES.sub("", text)


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
