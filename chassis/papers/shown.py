"""What a person sees in a cell, whatever the file has there."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from chassis.papers.reading.cells import Cell, Kind
from contracts.text import cleaning
from contracts.words import truth_word

_PADDED: Final = re.compile(r"0{2,32}")
_UNSAID: Final = "#N/A"
"""Stands for what can't be told when a row is given back: it is refused again."""


def shown(cell: Cell) -> str:
    """What a person sees in a cell, without spaces around it; days as 2026-09-01, whole numbers with the zeros in front
    that their format shows."""
    if cell.kind is Kind.TEXT:
        # A sign that keeps a number from being one, where another program has saved it as a part of the text.
        return cleaning.bare(cleaning.unescaped(cell.text)).removeprefix("'")
    if cell.kind is Kind.NUMBER:
        digits = _digits(cell.text)
        return digits.zfill(len(cell.number_format)) if _PADDED.fullmatch(cell.number_format) else digits
    if cell.kind is Kind.TRUTH:
        return truth_word(cell.text == "1").zh
    return _UNSAID if cell.kind is Kind.UNCALCULATED else cell.text


def _digits(text: str) -> str:
    """A number as Excel shows it: it saves 59.83 as 59.829999999999998."""
    number = float(text)
    if number.is_integer():
        return str(int(text)) if text.lstrip("-").isdigit() else str(int(number))
    return format(Decimal(repr(number)), "f")
