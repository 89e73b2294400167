"""ZIPs of many files: whatever they should be called, each is there once, under a name that every system bears."""

import io
import zipfile
from collections.abc import Iterator

import pytest

from chassis.papers.zip_stream import MAX_NAME_BYTES, write_zip


def zipped(*names: str) -> tuple[list[str], zipfile.ZipFile]:
    file = io.BytesIO()
    given = write_zip(file, ((name, io.BytesIO(f"{number}".encode())) for number, name in enumerate(names)))
    return given, zipfile.ZipFile(file)


def test_names_are_utf_8_and_flagged_so_and_every_file_is_whole() -> None:
    names, archive = zipped("学生/李一.jpg", "学生/𠮷田·买.pdf", "plain.txt")
    assert names == ["学生/李一.jpg", "学生/𠮷田·买.pdf", "plain.txt"]
    assert [bool(info.flag_bits & 0x800) for info in archive.infolist()] == [True, True, False]
    assert [archive.read(name) for name in names] == [b"0", b"1", b"2"]
    assert archive.testzip() is None


def test_no_two_are_alike_also_where_upper_and_lower_case_are_one() -> None:
    names, archive = zipped("李一.jpg", "李一.jpg", "A.pdf", "a.pdf", "a (2).pdf", "班/李一.jpg")
    assert names == ["李一.jpg", "李一 (2).jpg", "A.pdf", "a (2).pdf", "a (2) (2).pdf", "班/李一.jpg"]
    assert [archive.read(name) for name in names] == [b"0", b"1", b"2", b"3", b"4", b"5"]


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/root.txt", "root.txt"),
        ("a\\b:c?.txt", "a_b_c_.txt"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("末尾. ", "末尾"),
        ("字\x00面\n.txt", "字_面_.txt"),
        ("半\ud842个.txt", "半?个.txt".replace("?", "_")),
        ("", "file"),
        ("..", "file"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_what_a_system_does_not_bear_in_a_name_is_replaced(wanted: str, given: str) -> None:
    names, _ = zipped(wanted)
    assert names == [given]


def test_a_long_name_keeps_its_ending() -> None:
    [name], _ = zipped("长" * 300 + ".pdf")
    assert name.endswith("长.pdf")
    assert len(name.encode()) <= MAX_NAME_BYTES


def test_files_come_one_by_one_and_are_closed() -> None:
    opened: list[io.BytesIO] = []

    def entries() -> Iterator[tuple[str, io.BytesIO]]:
        for number in range(3):
            assert all(each.closed for each in opened)
            opened.append(io.BytesIO(b"x"))
            yield f"{number}.txt", opened[-1]

    write_zip(io.BytesIO(), entries())
    assert [each.closed for each in opened] == [True, True, True]
