"""What a file of a table really is, by its bytes; and what to say of those that can't be read."""

from __future__ import annotations

import codecs
import re
from enum import StrEnum
from typing import IO

from chassis.papers.reading.cells import UnreadableError

NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
"""What no line of a text has."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_WORKBOOK = "ook\0".encode("utf-16-le")
"""The end of the stream's name: Book, or Workbook since Excel 97."""
_BIFF = re.compile(rb"\x09[\x00\x02\x04\x08][\x04-\x10]\x00")
_ZIP = b"PK"
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_HEAD = 4096
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKUP = re.compile(rb"\s*<(!doctype\s+html|html|head|meta|table|style|body)\b", re.IGNORECASE)
_XML_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"


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
        if not _holds(file, _WORKBOOK):
            raise UnreadableError("workbook_unreadable")
        return Format.XLS
    if head.startswith(_ZIP):
        return Format.ODS if _ODS_TYPE in head else Format.XLSX
    if _BIFF.match(head):
        return Format.XLS
    plain = head.removeprefix(b"\xef\xbb\xbf")
    if _XML_2003 in plain:
        raise UnreadableError("workbook_is_xml")
    if _MARKUP.match(plain) or b"<html" in plain.lower():
        raise UnreadableError("workbook_is_web_page")
    if not _is_text(head):
        raise UnreadableError("workbook_unreadable")
    return Format.TEXT


def _is_text(head: bytes) -> bool:
    """Whether this can be the beginning of a text of several lines in an encoding that `separated` reads."""
    if head.startswith(_UTF_16):
        return True
    for encoding in ("utf-8", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head, final=len(head) < _HEAD)
        except UnicodeDecodeError:
            continue
        lines = text.splitlines()
        return len(lines) > 1 and NO_TEXT.search(text) is None and not text.startswith("%PDF-")
    return False


def _holds(file: IO[bytes], sign: bytes) -> bool:
    found = sign in file.read()
    file.seek(0)
    return found
