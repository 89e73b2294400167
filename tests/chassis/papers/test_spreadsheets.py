"""Spreadsheets: what people fill in is read as they meant it, what is hostile is refused, what goes out is harmless."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from chassis.papers.reading.cells import LONGEST_TEXT, Cell, Kind
from chassis.papers.reading.limits import Limits
from chassis.papers.sheet_reading import read_rows
from chassis.papers.sheet_writing import REASONS, ROW_NUMBER, write_bad_rows, write_list, write_template
from chassis.papers.shown import shown
from chassis.papers.spreadsheets import (
    BadRow,
    CellError,
    Column,
    SheetRow,
    calendar_day,
    choice,
    columns,
    member_of,
    typed,
)
from contracts.errors import ServiceError
from contracts.field_problem import FieldProblemError
from contracts.types import IdKind, MobileNumber
from tests.chassis.papers.tables import OLE, saved, xlsx

COLUMNS = (
    Column("name", title="姓名"),
    Column("gender", choice({"男": "male", "女": "female"}), title="性别", choices=("男", "女")),
    Column("id_number", title="身份证号", width=22),
    Column("mobile", typed(MobileNumber), title="手机号码", required=False),
    Column("starts_on", calendar_day, title="入学日期", required=False, help="年-月-日", example="2026-09-01"),
)
HEADER = ["姓名", "性别", "身份证号", "手机号码", "入学日期"]
GOOD = ["李一", "女", "11010119900101123X", "13800138000", "2026-09-01"]


def workbook(*rows: Sequence[Any], header: Sequence[Any] = HEADER) -> IO[bytes]:
    return xlsx(header, *rows)


def read(file: IO[bytes], columns: Sequence[Column] = COLUMNS, **options: Any) -> list[SheetRow]:
    return list(read_rows(file, columns, **options))


def refusal(file: IO[bytes], **options: Any) -> ServiceError:
    with pytest.raises(ServiceError) as refused:
        read(file, **options)
    return refused.value


def repacked(change: Callable[[str, bytes], bytes | None], extra: dict[str, bytes] | None = None) -> IO[bytes]:
    """A good workbook with its parts changed, or left out where `change` gives None."""
    packed = io.BytesIO()
    with zipfile.ZipFile(workbook(GOOD)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return packed


NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def as_excel_writes(strings: str) -> IO[bytes]:
    """A workbook that keeps its texts in a part of their own, as Excel does and openpyxl does not."""
    texts = [*HEADER, *GOOD]
    titles, values = (
        "".join(f'<c r="{"ABCDE"[n]}{row}" t="s"><v>{n + start}</v></c>' for n in range(5))
        for row, start in ((1, 0), (2, 5))
    )
    sheet = f'<worksheet {NS}><sheetData><row r="1">{titles}</row><row r="2">{values}</row></sheetData></worksheet>'
    relationship = f'<Relationship Id="rId9" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)

    def change(name: str, content: bytes) -> bytes:
        if name == "xl/worksheets/sheet1.xml":
            return sheet.encode()
        if name == "xl/_rels/workbook.xml.rels":
            return content.replace(b"</Relationships>", relationship.encode())
        return content.replace(b"</Types>", override.encode()) if name == "[Content_Types].xml" else content

    return repacked(change, {"xl/sharedStrings.xml": strings.format(items=items, ns=NS).encode()})


# -- reading --


def test_a_filled_row_becomes_values_under_their_fields() -> None:
    (row,) = read(workbook(GOOD))
    assert row.number == 2
    assert row.errors == ()
    assert row.values == {
        "name": "李一",
        "gender": "female",
        "id_number": "11010119900101123X",
        "mobile": "13800138000",
        "starts_on": date(2026, 9, 1),
    }


def test_columns_are_found_by_title_in_any_order_among_others_and_below_a_heading() -> None:
    rows = (["2026 年秋季名单"], [], ["备注", "身份证号", " 性 别 ", "姓名*"], ["x", "1", "男", "王二"])
    (found,) = read(xlsx(*rows))
    assert found.number == 4
    assert (found.values["name"], found.values["gender"], found.values["mobile"]) == ("王二", "male", None)


def test_every_wrong_cell_of_every_row_is_named() -> None:
    rows = read(workbook(["", "甲", "1", "123", "2026-02-30"], GOOD, ["李三", "男", None, None, None]))
    assert [(error.title, error.code) for error in rows[0].errors] == [
        ("姓名", "field_required"),
        ("性别", "field_not_a_choice"),
        ("手机号码", rows[0].errors[2].code),
        ("入学日期", "field_bad_format"),
    ]
    assert rows[0].errors[2].code.startswith(("field_", "mobile_"))
    assert rows[1].errors == ()
    assert [(error.title, error.code) for error in rows[2].errors] == [("身份证号", "field_required")]


def test_empty_rows_are_passed_over_and_numbers_stay_those_of_the_sheet() -> None:
    assert [row.number for row in read(workbook([], GOOD, ["  ", None, "\u3000"], [], GOOD))] == [3, 6]


@pytest.mark.parametrize(
    ("kind", "held", "text"),
    [
        (Kind.TEXT, " \u3000李一\u200b\n", "李一"),
        (Kind.TEXT, "\u180e李一\u2800", "李一"),
        (Kind.TEXT, "'0026331911", "0026331911"),
        (Kind.NUMBER, "13800138000", "13800138000"),
        (Kind.NUMBER, "13800138000.0", "13800138000"),
        (Kind.NUMBER, "1.3800138E10", "13800138000"),
        (Kind.NUMBER, "0.1", "0.1"),
        (Kind.NUMBER, "59.829999999999998", "59.83"),
        (Kind.NUMBER, "1e-7", "0.0000001"),
        (Kind.DAY, "2026-09-01", "2026-09-01"),
        (Kind.TRUTH, "1", "是"),
        (Kind.TEXT, "=1+1", "=1+1"),
        (Kind.TEXT, "回车名_x000D_", "回车名"),
        (Kind.TEXT, "李_x0000_一", "李一"),
        (Kind.TEXT, "徐州市_x000D_\n云龙区", "徐州市\r\n云龙区"),
        (Kind.TEXT, "字面_x005F_x000D_的下划线", "字面_x000D_的下划线"),
        (Kind.TEXT, "半个_xD83D_", "半个_xD83D_"),
    ],
)
def test_a_cell_is_read_as_people_see_it(kind: Kind, held: str, text: str) -> None:
    assert shown(Cell(kind, held)) == text


def test_a_long_number_that_excel_has_rounded_is_refused_not_believed() -> None:
    (row,) = read(workbook(["李一", "男", 110101199001011237, None, None]))
    assert [error.code for error in row.errors] == ["cell_number_too_long"]
    (row,) = read(workbook(["李一", "男", 999999999999999, None, None]))
    assert row.values["id_number"] == "999999999999999"


def numbered(number: int | float, number_format: str, title: str = "身份证号") -> io.BytesIO:
    """A workbook in which one cell is a number shown by this format."""
    book = load_workbook(workbook(GOOD))
    cell = book.worksheets[0].cell(2, HEADER.index(title) + 1)
    cell.value, cell.number_format = number, number_format
    return saved(book)


@pytest.mark.parametrize(
    ("number", "number_format", "text"),
    [
        (26331911, "0000000000", "0026331911"),
        (26331911.0, "0000000000", "0026331911"),
        (12345, "000", "12345"),
        (26331911, "0", "26331911"),
        (26331911, "#,##0.00", "26331911"),
        (26331911, "0.00_ ", "26331911"),
    ],
)
def test_zeros_that_the_format_shows_belong_to_the_number(number: float, number_format: str, text: str) -> None:
    (row,) = read(numbered(number, number_format))
    assert (row.values["id_number"], row.errors) == (text, ())


@pytest.mark.parametrize("number_format", ["000-0000", '"R"0000', "0000\\号", "0%"])
def test_a_number_that_is_shown_otherwise_is_refused_not_guessed(number_format: str) -> None:
    (row,) = read(numbered(123, number_format))
    assert [(error.title, error.code) for error in row.errors] == [("身份证号", "cell_shown_otherwise")]


def test_a_format_of_which_only_the_beginning_is_told_makes_no_damaged_workbook() -> None:
    (row,) = read(numbered(123, f'"{"件" * 60}"0'))
    back = write_bad_rows("student_import", COLUMNS, [row.refused()])
    formats = {cell.number_format for line in load_workbook(back).worksheets[0] for cell in line}
    assert all(each.count('"') % 2 == 0 for each in formats)
    (again,) = read(back)
    assert [(error.title, error.code) for error in again.errors] == [("身份证号", "cell_shown_otherwise")]


@pytest.mark.parametrize(
    ("number", "number_format", "code"),
    [
        (2632033191816060, "General", "cell_number_too_long"),
        (1234567890123456.5, "General", "cell_number_too_long"),
        (2632033191816060, "00000000000000000000", "cell_number_too_long"),
        (26331911, "000-0000000", "cell_shown_otherwise"),
    ],
)
def test_a_number_that_is_not_what_was_meant_comes_back_so_that_it_is_refused_again(
    number: float, number_format: str, code: str
) -> None:
    (row,) = read(numbered(number, number_format))
    assert [error.code for error in row.errors] == [code]
    (again,) = read(write_bad_rows("student_import", COLUMNS, [BadRow.from_json(row.refused().to_json())]))
    assert [error.code for error in again.errors] == [code]


def test_older_workbooks_are_read_by_what_titles_and_choices_were_called_then() -> None:
    kinds = choice({"居民身份证": 1, "永久居留身份证": 2}, {"永久居留证": 2})
    listed = (Column("name", title="姓名"), Column("kind", kinds, title="证件种类", formerly=("证件类型", "证件")))
    rows = list(read_rows(workbook(["李一", "永久居留证"], ["李二", "军官证"], header=["姓名", "证件类型*"]), listed))
    assert [row.values["kind"] for row in rows] == [2, None]
    assert rows[0].texts == {"姓名": "李一", "证件种类": "永久居留证"}
    assert [(error.title, error.params["expected"]) for error in rows[1].errors] == [
        ("证件种类", "居民身份证、永久居留身份证")
    ]


def test_a_column_with_its_title_of_today_and_a_former_one_is_there_twice() -> None:
    listed = (Column("name", title="姓名", formerly=("名字",)),)
    with pytest.raises(ServiceError) as refused:
        list(read_rows(workbook(["李一", "李一"], header=["名字", "姓名"]), listed))
    assert (refused.value.code, refused.value.params) == ("workbook_columns_doubled", {"columns": "姓名"})


def test_columns_and_members_have_the_words_of_their_document_and_the_former_ones() -> None:
    [column] = columns("student_import", Column("degree_intent"))
    assert (column.title, column.formerly) == ("学位意向", ("申请学位",))
    kind = member_of(IdKind)
    assert kind("港澳台居民通行证") == kind("港澳台居民来往内地（大陆）通行证") == IdKind.HK_MACAO_TAIWAN


def test_titles_choices_and_days_are_read_past_what_cannot_be_seen() -> None:
    file = workbook(["李一", "女\u200b", "1", None, "２０２６\u00a0年９月１日"], header=["姓\u200b名", *HEADER[1:]])
    (row,) = read(file)
    assert row.errors == ()
    assert (row.values["name"], row.values["gender"], row.values["starts_on"]) == ("李一", "female", date(2026, 9, 1))


@pytest.mark.parametrize("text", ["1026-09-01", "0024/9/1", "2226年9月1日"])
def test_a_year_that_no_record_can_name_is_refused(text: str) -> None:
    with pytest.raises(FieldProblemError):
        calendar_day(text)


def test_an_error_value_is_no_text() -> None:
    (row,) = read(workbook(["#N/A", "男", "1", None, None]))
    assert [(error.title, error.code) for error in row.errors] == [("姓名", "cell_is_error")]


@pytest.mark.parametrize("text", ["2026-09-01", "2026/9/1", "2026.9.1", "20260901", "2026年9月1日"])
def test_days_are_taken_as_people_write_them(text: str) -> None:
    assert calendar_day(text) == date(2026, 9, 1)


@pytest.mark.parametrize("text", ["2026-13-01", "2026-02-30", "01/09/2026", "0000-01-01", "9月1日", "20260901x"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(FieldProblemError):
        calendar_day(text)


def test_missing_and_doubled_columns_are_named_before_any_row() -> None:
    missing = refusal(workbook(["x"], header=["性别", "手机号码"]))
    assert (missing.code, missing.params) == ("workbook_columns_missing", {"columns": "姓名、身份证号"})
    doubled = refusal(workbook(GOOD, header=["姓名", "性别", "身份证号", "姓名", "入学日期"]))
    assert (doubled.code, doubled.params) == ("workbook_columns_doubled", {"columns": "姓名"})
    assert refusal(workbook(*[["x"]] * 20, header=["y"])).code == "workbook_columns_missing"


def test_a_sheet_without_rows_or_with_too_many_is_refused() -> None:
    assert refusal(workbook()).code == "workbook_empty"
    assert len(read(workbook(*[GOOD] * 3), max_rows=3)) == 3
    assert refusal(workbook(*[GOOD] * 4), max_rows=3).params == {"limit": 3}


# -- hostile files --


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"PK\x05\x06" + bytes(18),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    assert refusal(io.BytesIO(content)).code == "workbook_unreadable"


def test_an_encrypted_workbook_is_told_so() -> None:
    wrapped = OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert refusal(io.BytesIO(wrapped)).code == "workbook_encrypted"


def test_macros_are_refused() -> None:
    assert refusal(repacked(lambda name, content: content, {"xl/vbaProject.bin": b"x"})).code == "workbook_has_macros"

    def enable(name: str, content: bytes) -> bytes:
        return content.replace(b"spreadsheetml.sheet.main+xml", b"sheet.macroEnabled.main+xml")

    assert refusal(repacked(enable)).code == "workbook_has_macros"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"])
def test_a_workbook_that_lacks_a_part_or_has_a_broken_one_is_unreadable(part: str) -> None:
    broken = repacked(lambda name, content: content[:-20] if name == part else content)
    assert refusal(broken).code == "workbook_unreadable"
    assert refusal(repacked(lambda name, content: None if name == part else content)).code == "workbook_unreadable"


def test_texts_in_a_part_of_their_own_are_read_unless_that_part_is_broken() -> None:
    (row,) = read(as_excel_writes("<sst {ns}>{items}</sst>"))
    assert row.values["name"] == "李一"
    assert refusal(as_excel_writes("<sst {ns}>{items}</s")).code == "workbook_unreadable"
    assert refusal(as_excel_writes("<sst {ns}></sst>")).code == "workbook_unreadable"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = repacked(lambda name, content: content, {"xl/media/big.bin": bytes(20_000_000)})
    assert refusal(bomb).code == "workbook_too_large"
    many = repacked(lambda name, content: content, {f"xl/media/{number}": b"" for number in range(2_001)})
    assert refusal(many).code == "workbook_too_large"
    assert refusal(workbook(GOOD), limits=Limits(unpacked=1000)).code == "workbook_too_large"


def test_an_archive_that_lies_about_its_sizes_gives_no_more_than_it_admits() -> None:
    part = "xl/worksheets/sheet1.xml"
    blown = repacked(
        lambda n, content: content.replace(b"<sheetData>", b"<sheetData>" + b" " * 9_000_000) if n == part else content
    )
    with zipfile.ZipFile(blown) as archive:
        size = archive.getinfo(part).file_size
    assert refusal(blown).code == "workbook_too_large"
    blown.seek(0)
    lied = blown.read().replace(size.to_bytes(4, "little"), (5_000).to_bytes(4, "little"))
    assert refusal(io.BytesIO(lied)).code == "workbook_unreadable"


LAUGHS = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {'abcdefghi'[n + 1]} '{('&' + 'abcdefghi'[n] + ';') * 10}'>" for n in range(8)
) + "]>"  # fmt: skip


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_entities_are_not_resolved(part: str) -> None:
    def laugh(name: str, content: bytes) -> bytes:
        if name != part:
            return content
        body = content.split(b"?>", 1)[1] if content.startswith(b"<?xml") else content
        return LAUGHS.encode() + body.replace(b"</", b"&i;</", 1)

    assert refusal(repacked(laugh)).code == "workbook_unreadable"


def test_entities_in_texts_are_not_resolved() -> None:
    evil = LAUGHS.replace("{", "{{") + "<sst {ns}><si><t>&i;</t></si>{items}</sst>"
    assert refusal(as_excel_writes(evil)).code == "workbook_unreadable"
    outside = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><sst {ns}><si><t>&a;</t></si>{items}</sst>"
    assert refusal(as_excel_writes(outside)).code == "workbook_unreadable"


def test_a_sheet_that_understates_its_size_loses_nothing() -> None:
    def understate(name: str, content: bytes) -> bytes:
        return content.replace(b'ref="A1:E2"', b'ref="A1:B1"')

    (row,) = read(repacked(understate))
    assert row.errors == ()
    assert row.values["starts_on"] == date(2026, 9, 1)


def test_a_cell_far_down_and_far_right_is_no_million_rows() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADER)
    sheet.append(GOOD)
    sheet.cell(1_048_576, 16_384, "far")
    assert len(read(saved(book))) == 1


# -- writing --


def cells(file: IO[bytes], sheet: int = 0) -> list[list[Any]]:
    return [list(row) for row in load_workbook(file).worksheets[sheet].iter_rows()]


DANGEROUS = [
    "=1+1",
    '=HYPERLINK("http://x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "#N/A",
    "110101199001011237",
    "TRUE",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_stays_text_whatever_it_looks_like(text: str) -> None:
    for file in (
        write_list("student_import", COLUMNS, [{"name": text}]),
        write_bad_rows("student_import", COLUMNS, [BadRow(2, {"姓名": text}, ())]),
        write_template("student_import", (Column("x", title="X", example=text),)),
    ):
        for sheet in load_workbook(file).worksheets:
            assert all(cell.data_type in ("s", "inlineStr", "n") for row in sheet.iter_rows() for cell in row)
    written = cells(write_list("student_import", COLUMNS, [{"name": text}]))[1][0]
    assert (written.value, written.number_format) == (text, "@")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=40))
@example("0\r0")
@example("字面_x000D_的下划线")
def test_any_text_can_be_written_and_is_read_back_without_what_xml_cannot_hold(text: str) -> None:
    plain = (Column("x", title="X", required=False), Column("y", title="Y"))
    (row,) = read(write_list("student_import", plain, [{"x": text, "y": "1"}]), plain)
    expected = "".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    expected = expected.replace("\r\n", "\n").replace("\r", "\n")
    assert row.texts["X"] == shown(Cell(Kind.TEXT, expected.replace("_", "_x005F_")))


def test_numbers_instants_and_long_text_are_written_for_people() -> None:
    columns = [Column(name, name) for name in "abcdefg"]
    values = {
        "a": 5,
        "b": Decimal("385.00"),
        "c": 10**17,
        "d": datetime(2026, 9, 1, 0, 30, tzinfo=UTC),
        "e": date(2026, 9, 1),
        "f": True,
        "g": "长" * (LONGEST_TEXT + 1),
    }
    row = cells(write_list("student_import", columns, [values]))[1]
    assert [cell.value for cell in row[:6]] == [
        5,
        385,
        str(10**17),
        "2026-09-01 08:30:00",
        "2026-09-01",
        "是",
    ]
    assert row[1].number_format == "0.00"
    assert len(row[6].value) == LONGEST_TEXT


def test_a_list_has_a_frozen_header_and_its_widths() -> None:
    book = load_workbook(write_list("student_import_refused", COLUMNS, []))
    sheet = book.worksheets[0]
    assert sheet.title == "未导入的学生"
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["C"].width == 22
    assert [cell.value for cell in next(sheet.iter_rows())] == HEADER


def test_a_filled_template_can_be_read() -> None:
    book = load_workbook(write_template("student_import", COLUMNS))
    sheet, guide = book.worksheets
    assert [cell.value for cell in next(sheet.iter_rows())] == [
        "姓名*",
        "性别*",
        "身份证号*",
        "手机号码",
        "入学日期",
    ]
    choice, day = sheet.data_validations.dataValidation
    assert (choice.formula1, str(choice.sqref)) == ('"男,女"', "B2:B5000")
    assert (day.prompt, day.showInputMessage, str(day.sqref)) == ("年-月-日示例：2026-09-01", True, "E2:E5000")
    assert [cell.value for cell in list(guide.iter_rows())[5]] == [
        "入学日期",
        "否",
        "年-月-日",
        None,
        "2026-09-01",
    ]
    sheet.append(GOOD)
    assert read(saved(book))[0].errors == ()


def test_refused_rows_come_back_with_every_reason_and_can_be_imported_once_corrected() -> None:
    wrong = read(workbook(GOOD, ["x", "甲", "110101199001011237", None, "明天"]))[1]
    bad = wrong.refused(CellError("", "already_exists"))
    bad = BadRow.from_json(bad.to_json())
    file = write_bad_rows("student_import", COLUMNS, [bad])
    header, row = cells(file)
    assert [cell.value for cell in header] == [*HEADER, ROW_NUMBER, REASONS]
    assert row[5].value == 3
    reasons = row[6].value.split("\n")
    assert reasons[0].startswith("性别：")
    assert reasons[1].startswith("入学日期：")
    assert "：" not in reasons[2].split("，")[0]
    assert [cell.fill.fill_type for cell in row[:5]] == [None, "solid", None, None, "solid"]
    book = load_workbook(file)
    sheet = book.worksheets[0]
    sheet["B2"], sheet["E2"] = "男", "2026-09-01"
    (again,) = read(saved(book))
    assert again.errors == ()
    assert again.values["id_number"] == "110101199001011237"
    english = cells(write_bad_rows("student_import", COLUMNS, [bad], "en"))[1][6].value
    assert "Wrong format" in english


def test_a_large_workbook_goes_out_and_comes_in_whole() -> None:
    rows = ({"name": f"学生{n}", "gender": "男", "id_number": str(n), "mobile": None} for n in range(5_000))
    file = write_list("student_import", COLUMNS, rows)
    assert sum(1 for _ in read_rows(file, COLUMNS)) == 5_000
