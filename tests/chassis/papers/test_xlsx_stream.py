"""Workbooks that are written by hand: other programs open them and read what was meant."""

import csv
import io
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from chassis.papers import xlsx_stream
from chassis.papers.reading.cells import LONGEST_TEXT
from chassis.papers.xlsx_stream import Sheet, write_xlsx

EVENING = datetime(2026, 9, 1, 16, 30, 15, tzinfo=UTC)  # half past midnight of the next day in Shanghai


def written(*rows: Any, titles: tuple[str, ...] = ("甲", "乙")) -> io.BytesIO:
    file = io.BytesIO()
    write_xlsx(file, [Sheet("名单", titles, [10] * len(titles), rows), Sheet("说明", ("项",), [30], [("谁",)])])
    return file


def by_openpyxl(value: Any) -> Any:
    return load_workbook(written((value, "末"))).worksheets[0]["A2"]


def by_calamine(value: Any) -> Any:
    file = written((value, "末"))
    file.seek(0)
    return CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()[1][0]


def test_both_readers_find_every_sheet_and_row_with_the_header_frozen_and_widths_set() -> None:
    file = written(("一", 1), (None, 2), ("三", None))
    book = load_workbook(file)
    assert book.sheetnames == ["名单", "说明"]
    sheet = book.worksheets[0]
    assert [[cell.value for cell in row] for row in sheet] == [["甲", "乙"], ["一", 1], [None, 2], ["三", None]]
    assert (sheet.freeze_panes, sheet.column_dimensions["A"].width) == ("A2", 10)
    assert sheet["A1"].font.bold
    file.seek(0)
    other = CalamineWorkbook.from_filelike(file)
    assert other.sheet_names == ["名单", "说明"]
    assert other.get_sheet_by_index(0).to_python() == [["甲", "乙"], ["一", 1.0], ["", 2.0], ["三", ""]]
    assert other.get_sheet_by_index(1).to_python() == [["项"], ["谁"]]


@pytest.mark.parametrize(
    ("value", "opened", "shown_by"),
    [
        (7, 7, "General"),
        (999_999_999_999_999, 999_999_999_999_999, "General"),
        (1_000_000_000_000_000, "1000000000000000", "@"),
        (-(10**15), "-1000000000000000", "@"),
        (Decimal("1234.50"), 1234.5, "0.00"),
        (Decimal("-0.05"), -0.05, "0.00"),
        (Decimal("2.5"), 2.5, "General"),
        (Decimal("12345678901234567.89"), "12345678901234567.89", "@"),
        ("320311199001011234", "320311199001011234", "@"),
        ("0026331911", "0026331911", "@"),
        (date(2026, 9, 1), datetime(2026, 9, 1), r"yyyy\-mm\-dd"),  # noqa: DTZ001 - Excel has no zones
        (date(1900, 3, 1), datetime(1900, 3, 1), r"yyyy\-mm\-dd"),  # noqa: DTZ001
        (date(1900, 2, 28), "1900-02-28", "@"),
        (EVENING, datetime(2026, 9, 2, 0, 30, 15), r"yyyy\-mm\-dd\ hh:mm:ss"),  # noqa: DTZ001
        (datetime(1890, 1, 1, 4, tzinfo=UTC), "1890-01-01 12:05:43", "@"),
    ],
)
def test_numbers_days_and_instants_are_what_they_are_and_long_numbers_are_texts(
    value: Any, opened: Any, shown_by: str
) -> None:
    cell = by_openpyxl(value)
    assert (cell.value, cell.number_format) == (opened, shown_by)
    other = by_calamine(value)
    if isinstance(opened, datetime):
        assert abs(datetime.fromisoformat(str(other)) - opened) < timedelta(seconds=1)
    else:
        assert str(other).removesuffix(".0") == str(opened)


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://x")', "＝1"])
def test_what_begins_like_a_formula_is_a_text_and_reads_as_it_is(text: str) -> None:
    cell = by_openpyxl(text)
    assert (cell.value, cell.data_type) == (text, "s")
    assert by_calamine(text) == text


@pytest.mark.parametrize(
    ("text", "opened"),
    [
        ("<甲>&\"乙\"'丙'", "<甲>&\"乙\"'丙'"),
        ("𠮷田·㛃", "𠮷田·㛃"),
        ("  两端  ", "  两端  "),
        ("一行\r\n二行\r三行", "一行\n二行\n三行"),
        ("字\x00面\x0b\ufffe", "字面"),
        ("半\ud842个", "半个"),
        ("长" * (LONGEST_TEXT + 1), "长" * LONGEST_TEXT),
    ],
)
def test_any_text_comes_back_as_it_was_but_for_what_no_workbook_can_hold(text: str, opened: str) -> None:
    assert by_openpyxl(text).value == opened
    assert by_calamine(text) == opened


def test_a_text_that_looks_like_an_escaped_character_is_kept_apart_from_one() -> None:
    assert by_openpyxl("回车_x000D_名").value in ("回车_x000D_名", "回车_x005F_x000D_名")
    assert by_calamine("回车_x000D_名") in ("回车_x000D_名", "回车_x005F_x000D_名")


def test_more_than_twenty_six_columns_are_in_their_places() -> None:
    titles = tuple(f"列{n}" for n in range(60))
    sheet = load_workbook(written(tuple(range(60)), titles=titles)).worksheets[0]
    assert [cell.value for cell in sheet[2]] == list(range(60))
    assert sheet["AA2"].value == 26
    assert sheet["BH2"].value == 59


def test_a_sheet_name_that_excel_would_call_damaged_is_mended() -> None:
    file = io.BytesIO()
    write_xlsx(file, [Sheet("缴费单[2026/秋]:*?'" + "长" * 40, ("甲",), [10], [])])
    [name] = load_workbook(file).sheetnames
    assert name == ("缴费单2026秋" + "长" * 40)[:31]


def test_rows_are_asked_for_while_they_are_written_and_never_more_than_a_sheet_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(xlsx_stream, "MAX_ROWS", 2_000)
    taken = 0

    def endless() -> Any:
        nonlocal taken
        while True:
            taken += 1
            yield (None,)

    with pytest.raises(ValueError, match="2000"):
        write_xlsx(io.BytesIO(), [Sheet("长", ("甲",), [10], endless())])
    assert 2_000 < taken < 3_000


def test_every_part_is_well_formed_and_named_in_the_list_of_types() -> None:
    with zipfile.ZipFile(written(("一", 1))) as archive:
        assert archive.testzip() is None
        types = archive.read("[Content_Types].xml").decode()
        parts = [name for name in archive.namelist() if name.startswith("xl/") and not name.endswith(".rels")]
        assert [name for name in parts if f'PartName="/{name}"' not in types] == []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not there")
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    (tmp_path / "list.xlsx").write_bytes(written(("=1+1", Decimal("2.50")), (date(2026, 9, 1), EVENING)).getvalue())
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    convert = ["soffice", home, "--headless", "--convert-to", "csv", "--outdir", str(tmp_path)]
    subprocess.run([*convert, str(tmp_path / "list.xlsx")], check=True, capture_output=True, timeout=120)
    rows = list(csv.reader((tmp_path / "list.csv").read_text("utf-8").splitlines()))
    assert rows == [["甲", "乙"], ["=1+1", "2.50"], ["2026-09-01", "2026-09-02 00:30:15"]]
