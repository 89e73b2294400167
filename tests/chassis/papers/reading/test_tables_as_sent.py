"""What clerks really send: every format, what programs do to what was typed, and what is said of the rest."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from chassis.papers.reading.apart import raw_rows
from chassis.papers.reading.cells import UnreadableError
from chassis.papers.reading.limits import Limits
from chassis.papers.sheet_reading import LONGEST
from chassis.papers.sheet_writing import write_bad_rows
from chassis.papers.spreadsheets import BadRow
from tests.chassis.papers import tables
from tests.chassis.papers.lists import COLUMNS, GOOD, HEADER, one, read, refusal, text, wrong
from tests.chassis.papers.tables import by_hand, inline, ods, ods_row, saved, shared_xlsx, xls, xlsx

EVERY_FORMAT: dict[str, Callable[[], io.BytesIO]] = {
    "xlsx": lambda: xlsx(HEADER, GOOD),
    "xlsx that shares texts": lambda: shared_xlsx(HEADER, GOOD),
    "xls": lambda: xls(HEADER, GOOD),
    "ods": lambda: ods(ods_row(*HEADER), ods_row(*GOOD)),
    "CSV": lambda: text(HEADER, GOOD),
    "CSV with a mark": lambda: text(HEADER, GOOD, mark=b"\xef\xbb\xbf"),
    "CSV in GB 18030": lambda: text(HEADER, GOOD, encoding="gb18030"),
    "text of Excel": lambda: text(HEADER, GOOD, separator="\t", encoding="utf-16"),
    "tabs": lambda: text(HEADER, GOOD, separator="\t"),
}


@pytest.mark.parametrize("kind", EVERY_FORMAT)
def test_a_list_is_the_same_in_every_format(kind: str) -> None:
    (row,) = read(EVERY_FORMAT[kind]())
    assert (row.number, wrong(row)) == (2, [])
    assert row.values == {
        "name": "李一",
        "number": "0026331911",
        "mobile": "13912345678",
        "born_on": date(1998, 5, 20),
        "employer": "某单位",
        "score": 60,
    }


# -- which sheet, which rows --


def test_a_hidden_sheet_is_no_list_and_neither_is_an_empty_one() -> None:
    book = Workbook()
    old, empty, new = book.worksheets[0], book.create_sheet("空"), book.create_sheet("新")
    for sheet, name in ((old, "去年的"), (new, "今年的")):
        sheet.append(HEADER)
        sheet.append([name, *GOOD[1:]])
    old.sheet_state = "hidden"
    assert [row.values["name"] for row in read(saved(book))] == ["今年的"]
    assert empty.max_row == 1
    hides = "<style:style style:name='h'><style:table-properties table:display='false'/></style:style>"
    before = f"<table:table table:style-name='h'>{ods_row(*HEADER)}{ods_row('去年的', *GOOD[1:])}</table:table>"
    both = ods(ods_row(*HEADER), ods_row("今年的", *GOOD[1:]), style=hides, before=before)
    assert [row.values["name"] for row in read(both)] == ["今年的"]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_row_that_is_hidden_or_filtered_away_is_neither_taken_nor_dropped_in_silence(kind: str) -> None:
    book = Workbook()
    for row in (HEADER, GOOD, GOOD):
        book.worksheets[0].append(row)
    book.worksheets[0].row_dimensions[3].hidden = True
    filtered = ods_row(*GOOD, attributes="table:visibility='filter'")
    made = {
        "xlsx": lambda: saved(book),
        "xls": lambda: xls(HEADER, GOOD, GOOD, hidden=[2]),
        "ods": lambda: ods(ods_row(*HEADER), ods_row(*GOOD), filtered),
    }[kind]()
    seen, unseen = read(made)
    assert (wrong(seen), wrong(unseen)) == ([], [("", "row_hidden")])
    (again,) = read(write_bad_rows("student_import", COLUMNS, [unseen.refused()]))
    assert wrong(again) == [], "it comes back to be seen, and is taken then"


def test_the_header_is_the_row_with_most_known_titles() -> None:
    lines = [["学生名单"], ["学号", "3200 教学点"], [], HEADER, GOOD]
    for file in (xlsx(*lines), text(*lines)):
        (row,) = read(file)
        assert (row.number, wrong(row)) == (5, [])


def test_rows_that_one_row_of_opendocument_stands_for_are_all_there() -> None:
    many = ods_row(*GOOD, attributes="table:number-rows-repeated='3'")
    empty = "<table:table-row table:number-rows-repeated='1048000'><table:table-cell/></table:table-row>"
    rows = read(ods(ods_row(*HEADER), many, empty))
    assert [row.number for row in rows] == [2, 3, 4]
    assert refusal(ods(ods_row(*HEADER), many.replace("'3'", "'99999999'"))) == "workbook_too_many_rows"


# -- what a program made of it --


@pytest.mark.parametrize("format_id", [14, 27, 31, 36, 50, 57, 58])
def test_days_shown_by_formats_that_only_have_a_number_are_days(format_id: int) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, GOOD)
        sheet.write_number(1, 3, 35935, book.add_format({"num_format": format_id}))
    (row,) = read(file)
    assert (row.values["born_on"], wrong(row)) == (date(1998, 5, 20), [])


@pytest.mark.parametrize(
    "number_format", ['yyyy"年"m"月"d"日"', "yyyy/m/d;@", "[$-804]yyyy-mm-dd", "e/m/d", "dd\\-mm\\-yyyy"]
)
def test_days_are_known_by_any_format_that_shows_one(number_format: str) -> None:
    assert read(one("出生日期", 35935, number_format))[0].values["born_on"] == date(1998, 5, 20)
    (old,) = read(xls(HEADER, [*GOOD[:3], 35935, *GOOD[4:]], styles={(1, 3): number_format}))
    assert old.values["born_on"] == date(1998, 5, 20)


@pytest.mark.parametrize("number_format", ["General", "0", "0.00_ ", "#,##0", "[Red]0", "G/通用格式"])
def test_a_number_that_is_shown_as_one_is_no_day(number_format: str) -> None:
    (row,) = read(one("出生日期", 35935, number_format))
    assert wrong(row) == [("出生日期", "field_bad_format")]


@pytest.mark.parametrize(
    "number_format", ['"33"0', '"R"0', '0"2026"', "0,", "[DBNum1]0", ";;;", "0%", "# ?/?", "0" * 33, "[" * 300]
)
def test_a_number_that_is_shown_with_anything_else_is_refused(number_format: str) -> None:
    (row,) = read(one("学号", 26331911, number_format))
    [error] = row.errors
    assert (error.title, error.code) == ("学号", "cell_shown_otherwise")
    assert len(str(error.params["format"])) <= 40


@pytest.mark.parametrize("shown", ["0026-331911", "R26331911", "26.331911%"])
def test_a_number_that_opendocument_shows_with_anything_else_is_refused(shown: str) -> None:
    held = "office:value-type='float' office:value='26331911'"
    number = f"<table:table-cell {held}><text:p>{shown}</text:p></table:table-cell>"
    line = ods_row("李一").replace("</table:table-row>", number + "</table:table-row>")
    assert wrong(read(ods(ods_row(*HEADER), line))[0]) == [("学号", "cell_shown_otherwise")]


def test_an_open_quote_swallows_no_rows() -> None:
    rows = [[*GOOD[:4], '"某单位', "1"], *[GOOD] * 5]
    assert refusal(text(HEADER, *rows)) == "workbook_quotes_unclear"


def test_a_chart_before_the_list_is_no_list() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Sheet1!$A$1:$A$2"})
        book.add_chartsheet("图").set_chart(chart)
        sheet = book.add_worksheet("Sheet1")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, GOOD)
    assert wrong(read(file)[0]) == []


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    (row,) = read(one("出生日期", datetime(1998, 5, 20), "yyyy-mm-dd", epoch=CALENDAR_MAC_1904))  # noqa: DTZ001
    assert row.values["born_on"] == date(1998, 5, 20)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("学号", 2632033191816060, "cell_number_too_long"),
        ("学号", "2.63203E+15", "cell_number_too_long"),
        ("单位", "3.2E+17", "cell_number_too_long"),
        ("姓名", "#N/A", "cell_is_error"),
        ("手机", "=VLOOKUP(A2,B:C,2,0)", "cell_not_calculated"),
        ("单位", "长" * (LONGEST + 1), "field_too_long"),
        ("单位", " " * 30_000 + "x" * 3_000, "field_too_long"),
    ],
)
def test_what_a_spreadsheet_has_spoilt_is_refused_and_refused_again_when_it_comes_back(
    column: str, value: Any, code: str
) -> None:
    (row,) = read(one(column, value))
    assert wrong(row) == [(column, code)]
    (again,) = read(write_bad_rows("student_import", COLUMNS, [BadRow.from_json(row.refused().to_json())]))
    assert [title for title, _ in wrong(again)] == [column]


def test_of_more_than_any_column_takes_no_more_is_told_than_that_it_is_too_much() -> None:
    file = text(HEADER, [*GOOD[:4], "长" * 40_000, "1"])
    [_, raw] = raw_rows(file)
    assert len(raw.cells[4].text) == LONGEST + 1
    (row,) = read(file)
    assert wrong(row) == [("单位", "field_too_long")]


def test_a_zero_that_a_formula_gave_is_meant_where_the_column_says_so() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, GOOD)
        for place in (4, 5):
            sheet.write_formula(1, place, "=Z9", None, 0)
    (row,) = read(file)
    assert (wrong(row), row.values["score"]) == ([("单位", "cell_zero_calculated")], 0)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_merged_cell_fills_no_other_row(kind: str) -> None:
    book = Workbook()
    for row in (["名单"], HEADER, GOOD, ["王二", "0026331912"]):
        book.worksheets[0].append(row)
    book.worksheets[0].merge_cells("A1:F1")
    book.worksheets[0].merge_cells("C3:C4")
    covered = ods_row("王二", "0026331912").replace(
        "</table:table-row>", "<table:covered-table-cell/></table:table-row>"
    )
    made = saved(book) if kind == "xlsx" else ods(ods_row(*HEADER), ods_row(*GOOD), covered)
    first, second = read(made)
    assert (wrong(first), wrong(second)) == ([], [("手机", "cell_merged")])


def test_zeros_that_opendocument_shows_belong_to_the_number() -> None:
    number = (
        "<table:table-cell office:value-type='float' office:value='26331911'><text:p>{}</text:p></table:table-cell>"
    )
    for seen, meant in (("0026331911", "0026331911"), ("26,331,911", "26331911")):
        line = ods_row("李一").replace("</table:table-row>", number.format(seen) + "</table:table-row>")
        assert read(ods(ods_row(*HEADER), line))[0].values["number"] == meant


def test_a_text_that_programs_mark_as_one_is_what_stands_in_it() -> None:
    (row,) = read(io.BytesIO('姓名,学号,手机\n李一,"=""0026331911""",\'13912345678\n'.encode()))
    assert (row.values["number"], row.values["mobile"], wrong(row)) == ("0026331911", "13912345678", [])


# -- workbooks that are written otherwise --


@pytest.mark.parametrize(
    "options", [{}, {"strict": True}, {"prefix": "x:"}, {"names": "book/{}"}, {"names": "XL\\{}"}], ids=str
)
def test_strict_and_prefixed_workbooks_and_parts_of_other_names_are_read(options: dict[str, Any]) -> None:
    prefix = options.get("prefix", "")
    file = by_hand(inline(*HEADER, row=1, prefix=prefix) + inline(*GOOD, row=2, prefix=prefix), **options)
    (row,) = read(file)
    assert wrong(row) == []


def test_runs_of_a_text_are_joined_and_phonetic_guides_are_none_of_it() -> None:
    texts = "<si><r><t>拼</t></r><r><t>音</t></r><rPh><t>pinyin</t></rPh></si>"
    shared = '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="inlineStr"><is><t>0026331911</t></is></c></row>'
    (row,) = read(by_hand(inline(*HEADER, row=1) + shared, texts=texts))
    assert row.values["name"] == "拼音"


def test_days_of_strict_workbooks_are_written_out() -> None:
    day = '<row r="2"><c t="inlineStr"><is><t>李一</t></is></c><c t="str"><v>A1234567</v></c><c/>' + (
        '<c t="d"><v>1998-05-20T00:00:00</v></c></row>'
    )
    assert read(by_hand(inline(*HEADER, row=1) + day, strict=True))[0].values["born_on"] == date(1998, 5, 20)


# -- what it is instead --


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html><table><tr><td>\xe5\xa7\x93</td></tr></table></html>", "workbook_is_web_page"),
        (b"\xef\xbb\xbf<!DOCTYPE html>\n<table></table>", "workbook_is_web_page"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "workbook_is_xml"),
        (tables.OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "workbook_encrypted"),
        (tables.OLE + bytes(600) + "WordDocument".encode("utf-16-le"), "workbook_unreadable"),
        (tables.OLE + bytes(600) + "Workbook\0".encode("utf-16-le"), "workbook_unreadable"),
        (bytes(random.Random(7).randbytes(5_000)), "workbook_unreadable"),
        (b"%PDF-1.7\n", "workbook_unreadable"),
    ],
)
def test_what_is_no_table_is_named_by_what_it_is(content: bytes, code: str) -> None:
    assert refusal(io.BytesIO(content)) == code


def test_binary_workbooks_are_told_from_others() -> None:
    plain = by_hand("").getvalue()
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"workbook.xml", b"workbook.bin"))
    assert refusal(file) == "workbook_is_binary"


def test_an_encrypted_opendocument_sheet_is_told_so() -> None:
    file = ods(ods_row(*HEADER))
    with zipfile.ZipFile(file, "a") as packed:
        packed.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    assert refusal(file) == "workbook_encrypted"


@pytest.mark.parametrize(
    "cell",
    [
        "<c><v>²</v></c>", f"<c><v>{'0' * 5_000}1</v></c>", "<c><v>1_0</v></c>", "<c><v>1e400</v></c>",
        "<c><v>NaN</v></c>", "<c><v>x</v></c>", '<c t="s"><v>-1</v></c>', '<c t="s"><v>7</v></c>',
        '<c s="-1"><v>1</v></c>', '<c r="ZZZZ2"><v>1</v></c>',
    ],
)  # fmt: skip
def test_what_no_program_writes_into_a_cell_makes_the_workbook_unreadable(cell: str) -> None:
    assert refusal(by_hand(inline(*HEADER, row=1) + f'<row r="2">{cell}</row>')) == "workbook_unreadable"


@pytest.mark.parametrize("number", ["-4", "0", "99999999999999999999", "x"])
def test_a_row_that_no_sheet_has_makes_the_workbook_unreadable(number: str) -> None:
    row = inline(*GOOD, row=2).replace('"2"', f'"{number}"')
    assert refusal(by_hand(inline(*HEADER, row=1) + row)) == "workbook_unreadable"


# -- what would take too much --


def test_a_text_that_many_cells_share_costs_no_more_than_the_limits_allow() -> None:
    shared = "".join(f'<row r="{n}"><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' for n in range(2, 5_000))
    file = by_hand(inline(*HEADER, row=1) + shared, texts=f"<si><t>{'长' * 32_767}</t></si>")
    assert refusal(file) == "workbook_too_large_to_read"


@pytest.mark.parametrize("limits", [Limits(memory=80 * 1024 * 1024), Limits(seconds=1)], ids=["memory", "seconds"])
def test_a_process_that_needs_more_than_it_may_is_ended_and_that_is_said(limits: Limits) -> None:
    texts = "".join(f"<si><t>{n:090d}</t></si>" for n in range(1_000_000))
    assert refusal(by_hand(inline(*HEADER, row=1), texts=texts), limits=limits) == "workbook_too_large_to_read"


def test_who_listens_no_more_ends_the_process_that_reads() -> None:
    rows = raw_rows(by_hand("".join(inline(*GOOD, row=n) for n in range(1, 5_000))))
    assert next(rows).number == 1
    rows.close()
    with pytest.raises(StopIteration):
        next(rows)


def test_what_the_process_says_that_reads_is_the_refusal() -> None:
    with pytest.raises(UnreadableError) as refused:
        list(raw_rows(io.BytesIO(b"")))
    assert refused.value.code == "workbook_unreadable"
