"""Writes CSV while its rows come: UTF-8 with a mark, by which Excel knows it, and harmless when a spreadsheet opens it.

A CSV has no types. What opens it may round numbers of more than 15 digits and drop leading zeros: people who look at a
list take the workbook, programs this.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final

from chassis.papers.cell_texts import local_time, plain

FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What spreadsheets take for the beginning of a formula, half or full width."""


def write_csv(file: IO[bytes], titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table whose cells are texts, numbers, days, instants or None."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)  # RFC 4180: commas, CRLF
    writer.writerow(list(map(_text, titles)))
    writer.writerows([None if value is None else _CELLS[type(value)](value) for value in row] for row in rows)
    text.flush()
    text.detach()


def _text(text: str) -> str:
    """A text that a spreadsheet takes for nothing else: an apostrophe before it is the sign for that."""
    text = plain(text)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


_CELLS: dict[type, Callable[[Any], str]] = {
    str: _text,
    int: str,
    Decimal: lambda number: f"{number:f}",
    date: date.isoformat,
    datetime: lambda instant: local_time(instant).isoformat(" ", "seconds"),
}
