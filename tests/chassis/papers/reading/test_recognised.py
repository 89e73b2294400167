"""What a file of a table is, by its bytes."""

from __future__ import annotations

import io
import zipfile

import pytest

from chassis.papers.file_kinds import TABLES, FileKind, check_content
from contracts.errors import ServiceError
from tests.chassis.papers import tables
from tests.chassis.papers.lists import GOOD, HEADER, read, refusal, text, wrong
from tests.chassis.papers.tables import ods, ods_row


def repacked(file: io.BytesIO, *names: str) -> io.BytesIO:
    """The same archive, its parts in this order and compressed, as programs for archives make it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in names:
            new.writestr(name, old.read(name))
    return packed


def test_an_opendocument_sheet_may_be_packed_anew() -> None:
    file = repacked(ods(ods_row(*HEADER), ods_row(*GOOD)), "content.xml", "mimetype")
    assert check_content(file, TABLES).kind is FileKind.ODS
    assert wrong(read(file)[0]) == []


def test_an_archive_of_something_else_is_no_opendocument_sheet() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("content.xml", "<office:document-content/>")
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    assert refusal(file) == "workbook_unreadable"


def test_a_text_may_begin_like_an_archive_and_speak_of_web_pages() -> None:
    (row,) = read(text(["PK", *HEADER], ["第1组", *GOOD[:4], "<html> 培训中心", "60"]))
    assert (row.values["employer"], wrong(row)) == ("<html> 培训中心", [])
    (row,) = read(text(["来源", *HEADER], ["urn:schemas-microsoft-com:office:spreadsheet", *GOOD]))
    assert wrong(row) == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<?xml version='1.0'?>\n<!-- saved -->\n<html><body/></html>", "workbook_is_web_page"),
        (b"\r\n<div><table><tr><td>1</td></tr></table></div>", "workbook_is_web_page"),
        (b"<!-- \n --><?mso-application?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>",
         "workbook_is_xml"),
        (tables.OLE + bytes(600) + "_VBA_PROJECT_CUR".encode("utf-16-le") + "Workbook\0".encode("utf-16-le"),
         "workbook_has_macros"),
    ],
)  # fmt: skip
def test_what_is_no_table_of_ours_is_named(content: bytes, code: str) -> None:
    assert refusal(io.BytesIO(content)) == code
    with pytest.raises(ServiceError) as refused:
        check_content(io.BytesIO(content), TABLES)
    assert refused.value.code in (code, "file_type_not_allowed")


def test_macros_of_an_old_workbook_are_named_when_it_is_uploaded() -> None:
    content = tables.OLE + bytes(600) + "_VBA_PROJECT_CUR".encode("utf-16-le") + "Workbook\0".encode("utf-16-le")
    with pytest.raises(ServiceError) as refused:
        check_content(io.BytesIO(content), TABLES)
    assert refused.value.code == "workbook_has_macros"
