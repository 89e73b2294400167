"""Workbooks of Excel: hidden columns, rows of no height, merged cells, further sheets, days up to the last."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from chassis.papers.sheet_writing import write_template
from tests.chassis.papers.lists import COLUMNS, GOOD, HEADER, one, read, refusal, wrong
from tests.chassis.papers.tables import by_hand, inline, ods, ods_row, saved, xls


def a_book(*rows: list[str]) -> Workbook:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    return book


def test_what_stands_in_a_hidden_column_is_not_taken_in_silence() -> None:
    book = a_book([*HEADER, "备注"], [*GOOD, "x"])
    book.worksheets[0].column_dimensions["G"].hidden = True
    assert wrong(read(saved(book))[0]) == [], "a column that nobody asks for"
    book.worksheets[0].column_dimensions["E"].hidden = True
    assert refusal(saved(book)) == "workbook_columns_hidden"
    book.worksheets[0].cell(2, 5).value = None
    assert wrong(read(saved(book))[0]) == [], "nothing is in it"
    hides = "<table:table-column table:number-columns-repeated='4'/><table:table-column table:visibility='collapse'/>"
    assert refusal(ods(hides, ods_row(*HEADER), ods_row(*GOOD))) == "workbook_columns_hidden"


def test_a_row_of_no_height_is_hidden_and_one_that_is_there_is_shown_where_others_are_not() -> None:
    flat = inline(*GOOD, row=2).replace('r="2"', 'r="2" ht="0" customHeight="1"')
    (row,) = read(by_hand(inline(*HEADER, row=1) + flat))
    assert wrong(row) == [("", "row_hidden")]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.set_default_row(hide_unused_rows=True)
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, GOOD)
    assert wrong(read(file)[0]) == []


def test_a_value_below_a_merged_cell_is_seen_by_nobody_and_not_taken() -> None:
    rows = inline(*HEADER, row=1) + inline(*GOOD, row=2) + inline(*GOOD, row=3)
    _, second = read(merging(rows, '<mergeCell ref="C2:C3"/>'))
    assert (wrong(second), second.values["mobile"]) == ([("手机", "cell_merged")], None)


def merging(rows: str, merges: str, head: str = "") -> io.BytesIO:
    """A sheet with merged cells behind its rows."""
    file = by_hand(rows)
    changed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            if name == "xl/lists/first.xml":
                content = head + content.replace("</worksheet>", f"<mergeCells>{merges}</mergeCells></worksheet>")
            new.writestr(name, content)
    return changed


@pytest.mark.parametrize("reference", ["C3:C2", "D2:C2", "A9:A2"])
def test_a_merged_cell_that_ends_before_it_begins_makes_the_workbook_unreadable(reference: str) -> None:
    rows = inline(*HEADER, row=1) + inline(*GOOD, row=2)
    assert refusal(merging(rows, f'<mergeCell ref="{reference}"/>')) == "workbook_unreadable"


def test_a_text_that_reads_like_a_merged_cell_is_none() -> None:
    said = '&lt;mergeCell ref="A2:F2"/>'
    rows = inline(*HEADER, row=1) + inline(*GOOD[:4], said, row=2) + inline(*GOOD[:4], said, row=3)
    for merges in ("<!-- <mergeCell ref='A2:F3'/> -->", '<note text="mergeCell ref=&quot;A2:F3&quot;"/>'):
        assert [wrong(row) for row in read(merging(rows, merges))] == [[], []]


def test_a_second_visible_sheet_with_a_list_is_no_list_in_silence() -> None:
    book = a_book(HEADER, GOOD)
    second = book.create_sheet("第二批")
    for row in (["第二批"], HEADER, GOOD):
        second.append(row)
    assert refusal(saved(book)) == "workbook_two_lists"
    second.sheet_state = "hidden"
    assert len(read(saved(book))) == 1
    after = f"<table:table table:name='b'>{ods_row(*HEADER)}{ods_row(*GOOD)}</table:table>"
    assert refusal(ods(ods_row(*HEADER), ods_row(*GOOD), after=after)) == "workbook_two_lists"
    assert refusal(xls(HEADER, GOOD, beside=[HEADER, GOOD])) == "workbook_two_lists"


def test_a_second_sheet_without_a_list_is_left_alone() -> None:
    with write_template("student_import", COLUMNS) as template:
        book = load_workbook(template)
        book.worksheets[0].append(GOOD)
        assert wrong(read(saved(book))[0]) == [], "the guide names every column"
    book = a_book(HEADER, GOOD)
    book.create_sheet("空表").append(HEADER)
    assert len(read(saved(book))) == 1


COVER = [["2026 年秋季入学名单"], ["填报单位", "云龙教学点"], ["姓名", "填报人"], ["说明"], ["请勿修改"]]


def test_a_list_behind_a_cover_sheet_that_is_filled_in_is_found() -> None:
    book = a_book(*COVER)
    behind = book.create_sheet("名单")
    for row in (HEADER, *[GOOD] * 30):
        behind.append(row)
    in_all_formats = {
        "xlsx": saved(book),
        "ods": ods(
            *(ods_row(*row) for row in COVER),
            after=f"<table:table table:name='b'>{ods_row(*HEADER)}{ods_row(*GOOD) * 30}</table:table>",
        ),
        "xls": xls(*COVER, beside=[HEADER, *[GOOD] * 30]),
    }
    for name, file in in_all_formats.items():
        assert [wrong(row) for row in read(file)] == [[]] * 30, name
    second = book.create_sheet("第二批")
    for row in (HEADER, GOOD):
        second.append(row)
    assert refusal(saved(book)) == "workbook_two_lists"


def test_where_no_sheet_has_the_columns_those_of_the_first_are_missing() -> None:
    book = a_book(*COVER)
    book.create_sheet("名单").append(HEADER[1:])
    assert refusal(saved(book)) == "workbook_columns_missing"


@pytest.mark.parametrize("number", [2_958_465, 2_957_004, 2_957_003.9999999])
def test_days_beyond_the_last_one_are_no_days(number: float) -> None:
    (row,) = read(one("出生日期", number, "yyyy-mm-dd", epoch=CALENDAR_MAC_1904))
    assert wrong(row) == [("出生日期", "cell_shown_otherwise")]


def test_times_of_strict_workbooks_that_are_midnight_are_days() -> None:
    for written in ("1998-05-20T00:00:00.000", "1998-05-20T00:00:00Z", "1998-05-19T24:00:00"):
        day = '<row r="2"><c t="inlineStr"><is><t>李一</t></is></c><c t="str"><v>A1234567</v></c><c/>' + (
            f'<c t="d"><v>{written}</v></c></row>'
        )
        (row,) = read(by_hand(inline(*HEADER, row=1) + day, strict=True))
        assert (str(row.values["born_on"]), wrong(row)) == ("1998-05-20", [])


def test_hundreds_of_thousands_of_rows_that_are_only_formatted_are_no_rows() -> None:
    empty = "".join(f'<row r="{number}"><c r="A{number}" s="0"/></row>' for number in range(3, 300_000))
    assert len(read(by_hand(inline(*HEADER, row=1) + inline(*GOOD, row=2) + empty))) == 1


@pytest.mark.parametrize("encoding", ["no-such", "utf-7", "punycode", "hex"])
def test_a_part_in_an_encoding_that_nobody_writes_makes_the_workbook_unreadable(
    encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    assert refusal(merging(inline(*HEADER, row=1) + inline(*GOOD, row=2), "", head)) == "workbook_unreadable"
    assert caplog.records == [], "it is no surprise"
