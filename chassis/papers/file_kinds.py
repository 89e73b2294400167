"""What a file really is, told by its bytes and never by its name, and whether it is whole and of sane size."""

import re
import struct
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import IO

from chassis.papers.reading.cells import UnreadableError
from chassis.papers.reading.recognised import recognise
from contracts.errors import ServiceError


class FileKind(StrEnum):
    """What a file's bytes are; also the ending of its name in the store."""

    PNG = "png"
    JPEG = "jpg"
    PDF = "pdf"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"
    ZIP = "zip"

    @property
    def content_type(self) -> str:
        """The media type that such a file is sent with."""
        return _MEDIA_TYPES[self]

    @classmethod
    def of_media_type(cls, media_type: str) -> "FileKind":
        """The other way round. Raises ServiceError `file_missing`: we store no others."""
        for kind, its_type in _MEDIA_TYPES.items():
            if its_type == media_type:
                return kind
        raise ServiceError("file_missing")


_MEDIA_TYPES = {
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.PDF: "application/pdf",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.XLS: "application/vnd.ms-excel",
    FileKind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    FileKind.CSV: "text/csv",
    FileKind.ZIP: "application/zip",
}

# What a file of a kind may be called; the first where its own name says something else.
_SUFFIXES = {
    FileKind.PNG: (".png",),
    FileKind.JPEG: (".jpg", ".jpeg"),
    FileKind.PDF: (".pdf",),
    FileKind.XLSX: (".xlsx",),
    FileKind.XLS: (".xls",),
    FileKind.ODS: (".ods",),
    FileKind.CSV: (".csv", ".txt"),
    FileKind.ZIP: (".zip",),
}

TABLES = frozenset({FileKind.XLSX, FileKind.XLS, FileKind.ODS, FileKind.CSV})
"""What lists come in (`chassis.papers.sheet_reading` reads them all)."""

MAX_PIXELS = 25_000_000
"""Pixels an image may have: few bytes can claim billions and fill the memory of whoever opens them."""

_MAGIC = {
    b"\x89PNG\r\n\x1a\n": FileKind.PNG,
    b"\xff\xd8\xff": FileKind.JPEG,
    b"%PDF-": FileKind.PDF,
    b"PK\x03\x04": FileKind.ZIP,
}
_TAIL = 1024
_NEAR, _CHUNK = 4 * 1024, 256 * 1024
"""Bytes read at first, where the next segment is mostly found, and then."""
_PADDING = b"\0\r\n\t "
_MAX_PADDING = 64 * 1024

# Of a JPEG: a marker that is neither stuffing, fill nor a restart; its end; those that no length follows.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_EOI = 0xD9
_ALONE = (0x01, 0xD8)
_MAX_MARKERS = 4_000
"""Cameras write some dozens; a file of nothing but markers would be read for ever."""

# ZIP's last record (APPNOTE 4.3.16): signature, disks, entries, size and offset of the directory, comment length.
_ZIP_END = struct.Struct("<4s4H2LH")
_MAX_ZIP_COMMENT = 0xFFFF
_MAX_ZIP_DIRECTORY = 8 * 1024 * 1024


def named_by_kind(name: str, kind: FileKind) -> str:
    """The name with an ending that fits the kind: by it a desktop chooses the program that opens the file, and the same
    bytes can be a sound PDF and, called `.hta`, a script."""
    return name if name.lower().endswith(_SUFFIXES[kind]) else name + _SUFFIXES[kind][0]


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is, and how many of its bytes that are: behind the last marker of a JPEG phones put a video, further
    pictures or padding."""

    kind: FileKind
    size: int


def check_content(file: IO[bytes], allowed: Collection[FileKind]) -> Content:
    """What a whole, seekable file is.

    Raises ServiceError `file_type_not_allowed` (also for one that we don't know), `file_damaged`, `image_too_large`,
    and for tables that we can't read what they are instead: see `chassis.papers.reading.recognised`.
    """
    kind = sniff(file)
    if kind is None and TABLES.intersection(allowed):
        _say_what_it_is(file)
    if kind is None or kind not in allowed:
        raise ServiceError("file_type_not_allowed", allowed=", ".join(kind.upper() for kind in sorted(allowed)))
    if kind in (FileKind.PNG, FileKind.JPEG):
        _check_image(file, kind)
    elif kind is FileKind.PDF and b"%%EOF" not in _tail(file, _TAIL + _MAX_PADDING).rstrip(_PADDING)[-_TAIL:]:
        raise ServiceError("file_damaged")
    # Pillow does not read a JPEG to its end: a cut one lacks its last marker.
    end = jpeg_end(file) if kind is FileKind.JPEG else file.seek(0, 2)
    if end is None:
        raise ServiceError("file_damaged")
    return Content(kind, end)


def jpeg_end(file: IO[bytes]) -> int | None:
    """The position behind a JPEG's end marker, or None where it is cut short. A thumbnail inside a segment has an end
    of its own: segments are passed over by their lengths (ITU-T T.81, annex B)."""
    position = 2
    for _ in range(_MAX_MARKERS):
        found = _next_marker(file, position)
        if found is None:
            return None
        marker, position = found
        if marker == _EOI:
            return position
        if marker not in _ALONE:
            file.seek(position)
            position += int.from_bytes(file.read(2))
    return None


def _next_marker(file: IO[bytes], position: int) -> tuple[int, int] | None:
    """The next marker and the position behind it. What is stuffed into compressed data, and the restarts in it, are
    none."""
    file.seek(position)
    kept, size = b"", _NEAR
    while chunk := file.read(size):
        if found := _MARKER.search(kept + chunk):
            return found.group()[1], position + found.end()
        position += len(kept) + len(chunk) - 1
        kept, size = chunk[-1:], _CHUNK
    return None


def sniff(file: IO[bytes]) -> FileKind | None:
    """The kind that the first bytes speak of (for a workbook, its list of parts); None for anything else."""
    file.seek(0)
    head = file.read(16)
    kind = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)
    if kind is None:
        table = _table(file)
        return table if table in (FileKind.XLS, FileKind.CSV) else None  # the others are archives, which it is not
    if kind is not FileKind.ZIP:
        return kind
    directory = _zip_directory(file)
    if directory is None:
        return None
    if _table(file) is FileKind.ODS:
        return FileKind.ODS
    is_workbook = b"[content_types].xml" in directory.lower() and b"/workbook." in directory.lower()
    return FileKind.XLSX if is_workbook else FileKind.ZIP


def _table(file: IO[bytes]) -> FileKind | None:
    try:
        return FileKind(recognise(file))
    except UnreadableError:
        return None


def _say_what_it_is(file: IO[bytes]) -> None:
    try:
        recognise(file)
    except UnreadableError as problem:
        if problem.code != "workbook_unreadable":
            raise ServiceError(problem.code) from None


def _zip_directory(file: IO[bytes]) -> bytes | None:
    """The raw list of parts at the end of an archive, or None when it is broken, ZIP64 or absurdly long."""
    tail = _tail(file, _ZIP_END.size + _MAX_ZIP_COMMENT)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _ZIP_END.size:
        return None
    _, _, _, _, _, size, offset, _ = _ZIP_END.unpack_from(tail, at)
    end = file.seek(0, 2)
    if size > _MAX_ZIP_DIRECTORY or offset + size > end:
        return None
    file.seek(offset)
    return file.read(size)


def _check_image(file: IO[bytes], kind: FileKind) -> None:
    from PIL import Image  # only the gateway and imports look at images; other processes save the memory

    file.seek(0)
    try:
        with Image.open(file, formats=["PNG" if kind is FileKind.PNG else "JPEG"]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ServiceError("image_too_large", limit=MAX_PIXELS)
            image.verify()
    except Image.DecompressionBombError:
        raise ServiceError("image_too_large", limit=MAX_PIXELS) from None
    except (OSError, SyntaxError, ValueError):
        raise ServiceError("file_damaged") from None


def _tail(file: IO[bytes], size: int) -> bytes:
    end = file.seek(0, 2)
    file.seek(max(0, end - size))
    return file.read()
