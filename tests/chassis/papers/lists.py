"""A made-up list of people, sent in any format: what is read of it, and what is said instead."""

from __future__ import annotations

import io
from typing import IO, Any

import pytest
from openpyxl import Workbook

from chassis.papers.sheet_reading import read_rows
from chassis.papers.spreadsheets import Column, SheetRow, calendar_day, typed
from contracts.errors import ServiceError
from contracts.sentences import describe
from contracts.types import MobileNumber, PersonName, ShortText, StudentNumber
from tests.chassis.papers.tables import saved

COLUMNS = (
    Column("name", typed(PersonName), title="姓名"),
    Column("number", typed(StudentNumber), title="学号"),
    Column("mobile", typed(MobileNumber), title="手机", required=False),
    Column("born_on", calendar_day, title="出生日期", required=False),
    Column("employer", typed(ShortText), title="单位", required=False),
    Column("score", typed(int), title="成绩", required=False, zero_counts=True),
)
HEADER = ["姓名", "学号", "手机", "出生日期", "单位", "成绩"]
GOOD = ["李一", "0026331911", "13912345678", "1998-05-20", "某单位", "60"]


def read(file: IO[bytes], **options: Any) -> list[SheetRow]:
    """The rows of the list."""
    return list(read_rows(file, COLUMNS, **options))


def refusal(file: IO[bytes], **options: Any) -> str:
    """The code of the refusal, which has a sentence."""
    with pytest.raises(ServiceError) as refused:
        read(file, **options)
    assert describe(refused.value.code, refused.value.params)
    return refused.value.code


def wrong(row: SheetRow) -> list[tuple[str, str]]:
    """What is wrong with a row: titles and codes."""
    return [(error.title, error.code) for error in row.errors]


def text(*lines: list[str], separator: str = ",", encoding: str = "utf-8", mark: bytes = b"") -> io.BytesIO:
    """A list as text."""
    return io.BytesIO(mark + "\r\n".join(separator.join(line) for line in lines).encode(encoding))


def one(column: str, value: Any, number_format: str = "General", **options: Any) -> io.BytesIO:
    """A workbook with this in one cell of a good row."""
    book = Workbook()
    for name, setting in options.items():
        setattr(book, name, setting)
    for row in (HEADER, GOOD):
        book.worksheets[0].append(row)
    cell = book.worksheets[0].cell(2, HEADER.index(column) + 1)
    cell.value, cell.number_format = value, number_format
    return saved(book)
