"""What a file of a table really is, by its bytes; and what to say of those that can't be read."""

from __future__ import annotations

import codecs
import re
import zipfile
from enum import StrEnum
from typing import IO

from chassis.papers.reading.cells import UnreadableError
from chassis.papers.reading.packages import BROKEN

NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
"""What no line of a text has."""
SEPARATORS = ",\t;，"
"""What stands between the fields of a line."""
END_OF_FILE = "\x1a"
"""What programs of DOS end a text with."""

_BETWEEN = re.compile(rf"[\r\n{SEPARATORS}]")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_WORKBOOK = "ook\0".encode("utf-16-le")
"""The end of the stream's name: Book, or Workbook since Excel 97."""
_BIFF = re.compile(rb"\x09[\x00\x02\x04\x08][\x04-\x10]\x00")
_MACROS = "_VBA_PROJECT_CUR".encode("utf-16-le")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_HEAD = 4096
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BEFORE_MARKUP = re.compile(rb"(?:\s+|<\?[^>]*>|<!--.*?-->)*", re.DOTALL)
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|meta|title|table|tr|style|script|body|div|center)\b", re.IGNORECASE
)
_XML_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
_TAIL = 64 * 1024
"""Bytes at the end of an archive in which the list of an OpenDocument sheet's parts stands."""


class Format(StrEnum):
    """What we read."""

    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    TEXT = "csv"


def recognise(file: IO[bytes]) -> Format:
    """What it is, whatever its name says. Raises UnreadableError with what it is instead."""
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    if head.startswith(_OLE):
        if _holds(file, _ENCRYPTED_PACKAGE):
            raise UnreadableError("workbook_encrypted")
        if _holds(file, _MACROS):
            raise UnreadableError("workbook_has_macros")
        if not _holds(file, _WORKBOOK):
            raise UnreadableError("workbook_unreadable")
        return Format.XLS
    if head.startswith(_ZIP):
        return Format.ODS if _ODS_TYPE in head or _is_repacked_ods(file) else Format.XLSX
    if _BIFF.match(head):
        return Format.XLS
    _refuse_markup(head.removeprefix(b"\xef\xbb\xbf"))
    if not _is_text(head):
        raise UnreadableError("workbook_unreadable")
    return Format.TEXT


def _refuse_markup(head: bytes) -> None:
    before = _BEFORE_MARKUP.match(head)
    assert before is not None
    if _MARKUP.match(head, before.end()):
        raise UnreadableError("workbook_is_web_page")
    if before.end() < len(head) and head[before.end()] == ord("<") and _XML_2003 in head:
        raise UnreadableError("workbook_is_xml")


def _is_repacked_ods(file: IO[bytes]) -> bool:
    """Whether it is an OpenDocument sheet that somebody packed anew: its type stands first in those that a program
    made."""
    file.seek(max(0, file.seek(0, 2) - _TAIL))
    parts = file.read()
    if b"content.xml" not in parts or b"[Content_Types].xml" in parts:
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            return any(_ODS_TYPE in _beginning(archive, name) for name in ("mimetype", "META-INF/manifest.xml"))
    except BROKEN:
        return False
    finally:
        file.seek(0)


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        return b""
    with archive.open(name) as part:
        return part.read(_HEAD)


def _is_text(head: bytes) -> bool:
    """Whether this can be the beginning of a text with lines or fields, in an encoding that `separated` reads."""
    if head.startswith(_UTF_16):
        return True
    for encoding in ("utf-8", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head, final=len(head) < _HEAD)
        except UnicodeDecodeError:
            continue
        text = text.rstrip(END_OF_FILE)
        is_table = bool(text.strip()) and (len(head) == _HEAD or _BETWEEN.search(text) is not None)
        return is_table and NO_TEXT.search(text) is None and not text.startswith("%PDF-")
    return False


def _holds(file: IO[bytes], sign: bytes) -> bool:
    found = sign in file.read()
    file.seek(0)
    return found
