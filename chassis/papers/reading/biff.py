"""What xlrd reads of a workbook of Excel 97 to 2003 and does not tell: which cells are formulas ([MS-XLS] 2.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

_HEAD = struct.Struct("<HH")
_PLACE = struct.Struct("<HH")
_BEGINNINGS = frozenset({0x0009, 0x0209, 0x0409, 0x0809})
_END = 0x000A
_FORMULAS = frozenset({0x0006, 0x0206, 0x0406})
_CALCULATED_BY = 0x01C1
"""Says which program has calculated the workbook: what a library made has not been calculated by any."""


def formula_places(stream: bytes, at: int) -> Mapping[int, set[int]]:
    """The places of formulas by row, of the sheet that begins here."""
    found: dict[int, set[int]] = {}
    for code, start in _records(stream, at):
        if code in _FORMULAS:
            row, place = _PLACE.unpack_from(stream, start)
            found.setdefault(row, set()).add(place)
    return found


def is_calculated(stream: bytes, at: int) -> bool:
    """Whether a program has calculated the workbook that begins here."""
    return any(code == _CALCULATED_BY for code, _ in _records(stream, at))


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Code and beginning of each record up to the end of what begins here; charts inside begin and end too."""
    inside = 0
    while at + _HEAD.size <= len(stream):
        code, length = _HEAD.unpack_from(stream, at)
        yield code, at + _HEAD.size
        inside += (code in _BEGINNINGS) - (code == _END)
        if inside <= 0:
            return
        at += _HEAD.size + length
