"""The ZIP archives that workbooks are, measured before they are unpacked."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import IO, Any
from xml.parsers import expat

from chassis.papers.reading.cells import UnreadableError

MAX_UNPACKED = 256 * 1024 * 1024
"""Bytes that all parts may have together."""
_MAX_PARTS = 2_000
_MAX_RATIO = 300
_RATIO_FROM = 1024 * 1024
_CHUNK = 128 * 1024
BROKEN = (
    zipfile.BadZipFile,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
)
"""What `zipfile` raises for an archive that is not whole."""


class Package:
    """The parts of a workbook, found whatever the case of their names."""

    def __init__(self, file: IO[bytes], max_unpacked: int) -> None:
        """Raises UnreadableError."""
        try:
            self._archive = zipfile.ZipFile(file)
            parts = self._archive.infolist()
        except BROKEN:
            raise UnreadableError("workbook_unreadable") from None
        _refuse_bombs(parts, max_unpacked)
        self._parts = {part.filename.replace("\\", "/").lstrip("/").lower(): part for part in parts}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    def names(self) -> list[str]:
        """All in small letters."""
        return list(self._parts)

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part's bytes. Raises UnreadableError."""
        part = self._parts.get(name.lower())
        if part is None:
            raise UnreadableError("workbook_unreadable")
        try:
            with self._archive.open(part) as content:
                while chunk := content.read(_CHUNK):
                    yield chunk
        except BROKEN:
            raise UnreadableError("workbook_unreadable") from None

    def read(self, name: str) -> bytes:
        """A small part as a whole."""
        return b"".join(self.chunks(name))


def _refuse_bombs(parts: list[zipfile.ZipInfo], max_unpacked: int) -> None:
    unpacked = sum(part.file_size for part in parts)
    bombs = (p for p in parts if p.file_size > _RATIO_FROM and p.file_size > _MAX_RATIO * max(1, p.compress_size))
    if unpacked > max_unpacked or len(parts) > _MAX_PARTS or any(bombs):
        raise UnreadableError("workbook_too_large", limit=max_unpacked)
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableError("workbook_encrypted")


Begun = Callable[[dict[str, str]], None]
Ended = Callable[[], None]


class Elements:
    """Told of the elements of a part, each by what `begins` and `ends` have under its name without a prefix:
    transitional and strict parts are read alike. Attributes keep their prefix."""

    begins: Mapping[str, Begun] = MappingProxyType({})
    ends: Mapping[str, Ended] = MappingProxyType({})

    def said(self, text: str) -> None:
        """Characters inside of an element."""


def parse(chunks: Iterator[bytes], listener: Elements) -> Iterator[None]:
    """Tell `listener` of a part, chunk by chunk: what it has gathered can be taken after each. Entities are refused, so
    nothing is resolved. Raises UnreadableError."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    begins, ends = _ByName(listener.begins, _pass_over), _ByName(listener.ends, _pass_over)
    parser.StartElementHandler = lambda name, attributes: begins[name](attributes)
    parser.EndElementHandler = lambda name: ends[name]()
    parser.CharacterDataHandler = listener.said
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError, OverflowError):  # LookupError: also of encodings
        raise UnreadableError("workbook_unreadable") from None
    yield


def parse_whole(chunks: Iterator[bytes], listener: Elements) -> None:
    """The same at once."""
    for _ in parse(chunks, listener):
        pass


class _ByName(dict[str, Any]):
    """What hears of an element, by its name with its prefix: there are few, and each is asked for a million times."""

    def __init__(self, heard: Mapping[str, Any], otherwise: Any) -> None:
        super().__init__()
        self._heard, self._otherwise = heard, otherwise

    def __missing__(self, name: str) -> Any:
        self[name] = hears = self._heard.get(name.rpartition(":")[2], self._otherwise)
        return hears


def _pass_over(*_: object) -> None:
    """Nobody hears of it."""


def _refuse_doctype(*_: object) -> None:
    raise UnreadableError("workbook_unreadable")
