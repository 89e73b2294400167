"""Lists as text: what stands between the fields, in which encoding, how long lines are."""

from __future__ import annotations

import io

import pytest

from tests.chassis.papers.lists import GOOD, HEADER, read, refusal, text, wrong


@pytest.mark.parametrize("separator", [",", "\t", ";", "，"])
def test_fields_are_told_by_the_sign_that_makes_a_table_not_by_the_commonest(separator: str) -> None:
    other = ";" if separator == "," else ","
    address = other.join("徐州市云龙区某路1号")
    (row, _) = read(text(HEADER, [*GOOD[:4], address, "60"], [*GOOD[:4], address, "60"], separator=separator))
    assert (row.values["employer"], wrong(row)) == (address, [])


def test_a_heading_full_of_other_signs_does_not_hide_the_titles() -> None:
    heading = ["2026,秋季,新生,名单,请,于,9,月,1,日,前,报,教务处"]
    (row,) = read(text(heading, HEADER, GOOD, separator="\t"))
    assert wrong(row) == []


def test_signs_inside_of_quotes_set_nothing_apart() -> None:
    (row,) = read(io.BytesIO("\r\n".join(["姓名;学号;单位", '李一;0026331911;"甲,乙,丙,丁;戊"']).encode()))
    assert (row.values["employer"], wrong(row)) == ("甲,乙,丙,丁;戊", [])


def test_a_header_alone_is_an_empty_list() -> None:
    assert refusal(text(HEADER)) == "workbook_empty"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_first_line_may_be_of_any_length(encoding: str) -> None:
    wide = [*HEADER, *(f"备注{number}" for number in range(2_000))]
    (row,) = read(text(wide, GOOD, encoding=encoding))
    assert wrong(row) == []


@pytest.mark.parametrize("end", [b"\x1a", b"\r\n\x1a", b"\r\n\x1a\x1a"])
def test_a_text_that_ends_as_under_dos_is_one(end: bytes) -> None:
    (row,) = read(io.BytesIO(text(HEADER, GOOD, encoding="gb18030").getvalue() + end))
    assert (row.values["score"], wrong(row)) == (60, [])


@pytest.mark.parametrize("midnight", ["2026-09-01 00:00:00", "2026/9/1 0:00", "2026-09-01T00:00:00.000"])
def test_a_day_that_a_program_gave_a_midnight_is_that_day(midnight: str) -> None:
    (row,) = read(text(HEADER, [*GOOD[:3], midnight, *GOOD[4:]]))
    assert (str(row.values["born_on"]), wrong(row)) == ("2026-09-01", [])


@pytest.mark.parametrize("other", ["2026-09-01 08:30", "2026-09-01 24:00", "2026-9-100:00:00"])
def test_a_day_with_a_time_is_no_day(other: str) -> None:
    (row,) = read(text(HEADER, [*GOOD[:3], other, *GOOD[4:]]))
    assert wrong(row) == [("出生日期", "field_bad_format")]
