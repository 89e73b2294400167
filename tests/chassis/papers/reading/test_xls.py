"""Workbooks of Excel 97 to 2003: what xlrd does not tell of formulas, and what is hidden."""

from __future__ import annotations

import io
import struct

import pytest
import xlwt

from chassis.papers.reading.biff import formula_places, is_calculated
from chassis.papers.sheet_writing import write_bad_rows
from tests.chassis.papers.lists import COLUMNS, GOOD, HEADER, read, refusal, wrong
from tests.chassis.papers.tables import xls


def book(formula: str | None = None, *, hidden_column: int | None = None, height: int | None = None) -> io.BytesIO:
    """A list whose employer is this formula, as a library writes it: without its value."""
    made = xlwt.Workbook(encoding="utf-8")
    sheet = made.add_sheet("名单")
    for number, row in enumerate((HEADER, GOOD)):
        for place, value in enumerate(row):
            if formula and (number, place) == (1, 4):
                sheet.write(number, place, xlwt.Formula(formula))
            else:
                sheet.write(number, place, value)
    if hidden_column is not None:
        sheet.col(hidden_column).hidden = True
    if height is not None:
        sheet.row(1).height, sheet.row(1).height_mismatch = height, True
    file = io.BytesIO()
    made.save(file)
    return file


def test_a_formula_whose_value_no_program_has_calculated_is_told() -> None:
    (row,) = read(book("Z9"))
    assert wrong(row) == [("单位", "cell_not_calculated")]


def test_rows_of_no_height_and_columns_that_are_hidden_are_not_taken_in_silence() -> None:
    assert wrong(read(book(height=0))[0]) == [("", "row_hidden")]
    assert refusal(book(hidden_column=4)) == "workbook_columns_hidden"


def test_characters_that_no_database_keeps_are_no_part_of_texts_and_formats() -> None:
    (row,) = read(xls(HEADER, [*GOOD[:4], "某\0单位", GOOD[5]]))
    assert (row.texts["单位"], wrong(row)) == ("某单位", [])
    (row,) = read(xls(HEADER, [*GOOD[:4], 5, GOOD[5]], styles={(1, 4): '0"\0件"'}))
    assert [error.params for error in row.errors] == [{"format": '0"件"'}]


def test_a_format_with_characters_that_xml_does_not_have_is_given_back_without_them() -> None:
    (row,) = read(xls(HEADER, [*GOOD[:4], 5, GOOD[5]], styles={(1, 4): '0"\x01件"'}))
    (again,) = read(write_bad_rows("student_import", COLUMNS, [row.refused()]))
    assert wrong(again) == [("单位", "cell_shown_otherwise")]


def record(code: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", code, len(content)) + content


@pytest.mark.parametrize("calculated", [True, False])
def test_formulas_are_found_in_their_own_sheet_and_not_in_its_charts(calculated: bool) -> None:
    chart = record(0x0809) + record(0x000A)
    sheet = record(0x0809) + record(0x0006, struct.pack("<HH", 3, 7)) + chart + record(0x0406, struct.pack("<HH", 3, 8))
    stream = record(0x0809) + (record(0x01C1, bytes(8)) if calculated else b"") + record(0x000A)
    other = record(0x0809) + record(0x0006, struct.pack("<HH", 9, 9)) + record(0x000A)
    assert formula_places(stream + sheet + record(0x000A) + other, len(stream)) == {3: {7, 8}}
    assert is_calculated(stream + sheet, 0) is calculated
