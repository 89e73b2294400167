"""The object store: checked content under its SHA-256, in areas.

Objects are named `<area>/ab/cd/<sha256>.<kind>`: the same bytes are kept once, and as only checked content is stored, a
name vouches for it. Uploads lie in an area of who uploaded them, so that nobody else can take them up; every other area
is named after the service owning it.
"""

from __future__ import annotations

import hashlib
import tempfile
import unicodedata
from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import IO, BinaryIO, Protocol, cast
from uuid import UUID

import obstore

from chassis.base.blocking import in_real_thread
from chassis.base.context import Actor
from chassis.papers.file_kinds import Content, FileKind, check_content
from chassis.papers.leftovers import erase_staged
from chassis.papers.objects import erase, folder_of, listed, object_store
from chassis.papers.quota import USUAL, Limits, Quota
from contracts.errors import ServiceError
from contracts.text.cleaning import free_line
from contracts.types import FileReference

INCOMING = "incoming"
"""What nobody has adopted yet, by uploader."""

_CHUNK = 256 * 1024
_IN_MEMORY = 1024 * 1024
_ENDINGS = frozenset(FileKind)
_MAX_NAME = 200
_UNPRINTABLE = ("Cc", "Cs")


class Readable(Protocol):
    """A stream of bytes, such as a request's body."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Stored:
    """An object of the store."""

    path: str
    sha256: str
    kind: FileKind


class FileStore:
    """A local folder (`file:///…`) or any store that obstore knows (`s3://bucket/prefix`)."""

    def __init__(self, url: str, limits: Limits = USUAL) -> None:
        """`limits` are for whoever takes uploads in."""
        self._store = object_store(url)
        self._folder = folder_of(url)
        self.quota = Quota(object_store(url, tidy=True), limits)

    def refuse_without_room(self, uploader: Actor, announced: int) -> None:
        """Raise ServiceError as `upload` where there is no room for so many bytes: for who has not read them yet."""
        self.quota.refuse(uploader, announced)

    def upload(
        self,
        stream: Readable,
        *,
        uploader: Actor,
        name: str,
        announced: int,
        max_bytes: int,
        allowed: Collection[FileKind],
    ) -> FileReference:
        """Take in what a client sends and announces with so many bytes; it reaches the store only when all of it is
        here and good. What follows the end of a picture (a phone's video, padding) is left out.

        Raises ServiceError as `Quota.booked`, before anything is read, `file_too_large` (little more than `max_bytes`
        is read), `file_empty`, and as `check_content`.
        """
        with (
            self.quota.booked(uploader, announced) as booking,
            tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file,
        ):
            _read_in(stream, file, max_bytes)
            content, sha256 = in_real_thread(_examined, file, allowed)
            booking.size = content.size
            self.put(incoming(uploader.user_id), file, content.kind, sha256)
        media_type = content.kind.content_type
        return FileReference(sha256=sha256, size=content.size, media_type=media_type, name=plain_name(name))

    def put(self, area: str, file: IO[bytes], kind: FileKind, sha256: str) -> None:
        """Store a file in an area. Storing the same bytes again only makes them new."""
        file.seek(0)
        in_real_thread(obstore.put, self._store, _path(area, sha256, kind), cast(BinaryIO, file))

    def chunks(self, area: str, sha256: str, kind: FileKind) -> Iterator[bytes]:
        """The content, piece by piece. Raises ServiceError `file_missing` at once, not in the middle."""
        try:
            found = in_real_thread(obstore.get, self._store, _path(area, sha256, kind))
        except FileNotFoundError:
            raise ServiceError("file_missing") from None
        stream = iter(found.stream(min_chunk_size=_CHUNK))
        return iter(lambda: bytes(in_real_thread(next, stream, b"")), b"")

    async def stream(self, area: str, sha256: str, kind: FileKind) -> AsyncIterator[bytes]:
        """As `chunks`, for who waits in an event loop."""
        try:
            found = await obstore.get_async(self._store, _path(area, sha256, kind))
        except FileNotFoundError:
            raise ServiceError("file_missing") from None
        return (bytes(chunk) async for chunk in found.stream(min_chunk_size=_CHUNK))

    def read(self, area: str, reference: FileReference) -> IO[bytes]:
        """The content as a seekable temporary file, to be closed. Raises ServiceError `file_missing`."""
        chunks = self.chunks(area, reference.sha256, FileKind.of_media_type(reference.media_type))
        file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - it is the answer
        file.writelines(chunks)
        file.seek(0)
        return file

    def adopt(self, area: str, reference: FileReference, uploader: UUID | None) -> None:
        """Give what somebody uploaded to an area. Raises ServiceError `file_missing` when it is not there, or another,
        or was uploaded by somebody else: whoever just knows a reference has no right to what it names."""
        target = _path_of(area, reference)
        source = _path_of(incoming(uploader), reference)
        if uploader is None or self._size(source) != reference.size:
            raise ServiceError("file_missing")
        if self._size(target) is None:
            try:
                in_real_thread(obstore.copy, self._store, source, target)
            except FileNotFoundError:  # swept away at this moment
                raise ServiceError("file_missing") from None

    def erase(self, path: str) -> None:
        """Remove an object; none there is fine."""
        erase(self._store, path)

    def erase_older(self, path: str, age: timedelta) -> bool:
        """Remove an object unless it was stored anew less than `age` ago; whether it was there and is removed."""
        try:
            found = in_real_thread(obstore.head, self._store, path)
        except FileNotFoundError:
            return False
        over = found["last_modified"] < datetime.now(UTC) - age
        if over:
            self.erase(path)
        return over

    def erase_staged(self, area: str) -> None:
        """Remove what killed processes left of an area's objects. Only a folder keeps it."""
        if self._folder is not None:
            erase_staged(self._folder / area)

    def older_than(self, area: str, age: timedelta) -> Iterator[list[Stored]]:
        """An area's objects that were stored longer than `age` ago, some hundreds at a time."""
        limit = datetime.now(UTC) - age
        for page in listed(self._store, area):
            old = ((path, *path.rpartition("/")[2].partition(".")) for path, stored_at in page if stored_at < limit)
            yield [Stored(path, sha256, FileKind(ending)) for path, sha256, _, ending in old if ending in _ENDINGS]

    def _size(self, path: str) -> int | None:
        try:
            return in_real_thread(obstore.head, self._store, path)["size"]
        except FileNotFoundError:
            return None


def incoming(uploader: UUID | None) -> str:
    """The area of what somebody uploaded."""
    return f"{INCOMING}/{uploader}"


def plain_name(name: str) -> str:
    """A client's file name without folders, control characters and excess length; never empty. Characters of private
    fonts, and those that our tables don't know yet, are kept: people's names have them."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = free_line("".join(c for c in last if unicodedata.category(c) not in _UNPRINTABLE))
    return printable[-_MAX_NAME:] or "file"


def content_hash(file: IO[bytes]) -> str:
    """The hexadecimal SHA-256 of a seekable file."""
    file.seek(0)
    return hashlib.file_digest(cast(BytesIO, file), "sha256").hexdigest()


def _read_in(stream: Readable, file: IO[bytes], max_bytes: int) -> None:
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > max_bytes:
            raise ServiceError("file_too_large", limit=max_bytes)
        file.write(chunk)
    if not size:
        raise ServiceError("file_empty")


def _examined(file: IO[bytes], allowed: Collection[FileKind]) -> tuple[Content, str]:
    """What a file is, cut to its content, and the hash of that."""
    content = check_content(file, allowed)
    file.truncate(content.size)
    return content, content_hash(file)


def _path(area: str, sha256: str, kind: FileKind) -> str:
    # What comes and goes lies flat: a folder store keeps the folders, and those by hash would be many for each person.
    by_hash = "" if area.startswith(f"{INCOMING}/") else f"{sha256[:2]}/{sha256[2:4]}/"
    return f"{area}/{by_hash}{sha256}.{kind}"


def _path_of(area: str, reference: FileReference) -> str:
    return _path(area, reference.sha256, FileKind.of_media_type(reference.media_type))
