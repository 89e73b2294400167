"""Where a request begins and ends (RFC 9112), read so strictly that no proxy in front can see another end than we do:
otherwise the rest of one person's request could pass for the beginning of the next person's."""

import re
from email.message import Message
from typing import Any

from eventlet.wsgi import ChunkReadError

_HEADER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*\r\n")
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n\0]*)?\r\n")
_LENGTH = re.compile(r"[0-9]{1,12}")
_END = b"\r\n"


class NotHttpError(Exception):
    """The head is none that every reader understands in the same way."""


class HeaderLines:
    """The head's lines: a name, a colon, a value, CR and LF. Raises `NotHttpError` for any other, a folded one too."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readline(self, size: int = -1) -> bytes:
        line: bytes = self._file.readline(size)
        if line != _END and not _HEADER.fullmatch(line):
            raise NotHttpError
        return line


def check_length(headers: Message, version: str) -> None:
    """Raises `NotHttpError` unless the body's end is told once, in digits, or by chunks and nothing else."""
    lengths, encodings = headers.get_all("content-length", []), headers.get_all("transfer-encoding", [])
    if len(lengths) + len(encodings) > 1 or not all(_LENGTH.fullmatch(length) for length in lengths):
        raise NotHttpError
    if encodings and (encodings[0].lower() != "chunked" or version < "HTTP/1.1"):
        raise NotHttpError


class Chunks:
    """A chunked body's bytes for eventlet, which reads what frames the chunks by `readline` without a size. Once a
    frame is not as it should be nothing more is read: `ChunkReadError`, after which eventlet ends the connection."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._next = self._size
        self._broken = False

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._file.read(size)
        return data

    def readline(self, size: int = -1) -> bytes:
        if size >= 0:
            data: bytes = self._file.readline(size)
            return data
        line: bytes = b"" if self._broken else self._file.readline()
        if self._broken or not self._next(line):
            self._broken = True
            raise ChunkReadError("no chunk")
        return line

    def _size(self, line: bytes) -> bool:
        found = _SIZE.fullmatch(line)
        self._next = self._end_of_chunk if found and int(found[1], 16) else self._trailer
        return found is not None

    def _end_of_chunk(self, line: bytes) -> bool:
        self._next = self._size
        return line == _END

    def _trailer(self, line: bytes) -> bool:
        return line == _END or _HEADER.fullmatch(line) is not None
