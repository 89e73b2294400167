"""CSV that Excel opens as it was meant, and that starts nothing there."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from chassis.papers.csv_stream import write_csv


def written(*rows: Sequence[Any]) -> bytes:
    file = io.BytesIO()
    write_csv(file, ("姓名", "内容"), rows)
    return file.getvalue()


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_it_begins_with_the_mark_by_which_excel_knows_utf_8_and_lines_end_as_rfc_4180_says() -> None:
    assert written(("李一", None)) == b"\xef\xbb\xbf" + "姓名,内容\r\n李一,\r\n".encode()


def test_every_kind_of_cell_is_written_in_one_way() -> None:
    instant = datetime(2026, 9, 1, 16, 30, tzinfo=UTC)
    rows = read(written((1, Decimal("-12.50")), (date(2026, 9, 1), instant), ('a,"b"\nc', "0026331911")))
    assert rows[1:] == [["1", "-12.50"], ["2026-09-01", "2026-09-02 00:30:00"], ['a,"b"\nc', "0026331911"]]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_text_that_begins_like_a_formula_gets_the_sign_for_text(sign: str) -> None:
    [_, [name, _]] = read(written((f"{sign}1+1", None)))
    assert name.startswith("'")
    assert name[1:].endswith("1+1")


def test_a_number_below_zero_is_no_text() -> None:
    assert read(written((-5, Decimal("-0.50"))))[1] == ["-5", "-0.50"]


def test_characters_that_no_table_can_hold_are_left_out() -> None:
    assert read(written(("半\ud842个\x00", "𠮷")))[1] == ["半个", "𠮷"]


def test_the_file_stays_open_for_what_follows() -> None:
    file = io.BytesIO()
    write_csv(file, ("甲",), [("一",)])
    file.write(b"more")
    assert file.getvalue().endswith(b"more")
