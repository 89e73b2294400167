"""Files: uploads checked by content, kept in an object store under their SHA-256, owned by rows of one service.

The gateway puts an upload under `incoming/` and passes a `FileReference` on. The service that accepts it *adopts*
it: copies the object under its own name and writes a row of `files`, in its transaction. What is not adopted goes
after a day. Objects are named `<area>/ab/cd/<sha256>.<kind>`: the same bytes are kept once, and as only checked
content is stored, a name vouches for it.
"""

import hashlib
import tempfile
import unicodedata
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from typing import IO, BinaryIO, Protocol, cast
from urllib.parse import urlsplit
from urllib.request import url2pathname
from uuid import UUID

import obstore
from obstore.store import LocalStore, ObjectStore, from_url
from sqlalchemy import func, insert, select

from chassis.base.blocking import in_real_thread
from chassis.base.ids import new_id
from chassis.base.settings import settings
from chassis.data.unit_of_work import UnitOfWork
from chassis.papers.file_kinds import FileKind, check_kind
from contracts.errors import ServiceError
from contracts.text.cleaning import free_line
from contracts.types import FileReference

INCOMING = "incoming"
"""The area of uploads that nobody has adopted yet; every other area is named after the service owning it."""
KEPT_UNADOPTED = timedelta(hours=24)

_CHUNK = 256 * 1024
_IN_MEMORY = 1024 * 1024
_LISTED = 1000
_ENDINGS = frozenset(FileKind)
_MAX_NAME = 200


class Readable(Protocol):
    """A stream of bytes, such as a request's body."""

    def read(self, size: int, /) -> bytes: ...


class FileStore:
    """The object store: a local folder (`file:///…`) or any that obstore knows (`s3://bucket/prefix`)."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._store: ObjectStore = (
            LocalStore(url2pathname(parts.path), mkdir=True) if parts.scheme == "file" else from_url(url)
        )

    def upload(self, stream: Readable, *, name: str, max_bytes: int, allowed: Collection[FileKind]) -> FileReference:
        """Take in what a client sends; it reaches the store only when all of it is here and good.

        Raises ServiceError `file_too_large` (little more than `max_bytes` is read), `file_empty`, and as `check_kind`.
        """
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            size = 0
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > max_bytes:
                    raise ServiceError("file_too_large", limit=max_bytes)
                file.write(chunk)
            if not size:
                raise ServiceError("file_empty")
            kind = in_real_thread(check_kind, file, allowed)
            sha256 = self.put(INCOMING, file, kind)
        return FileReference(sha256=sha256, size=size, media_type=kind.content_type, name=plain_name(name))

    def put(self, area: str, file: IO[bytes], kind: FileKind) -> str:
        """Store a file in an area and return its SHA-256. Storing the same bytes again only makes them new."""
        sha256 = content_hash(file)
        file.seek(0)
        in_real_thread(obstore.put, self._store, _path(area, sha256, kind), cast(BinaryIO, file))
        return sha256

    def chunks(self, area: str, sha256: str, kind: FileKind) -> Iterator[bytes]:
        """The content, piece by piece. Raises ServiceError `file_missing` at once, not in the middle."""
        try:
            found = in_real_thread(obstore.get, self._store, _path(area, sha256, kind))
        except FileNotFoundError:
            raise ServiceError("file_missing") from None
        stream = iter(found.stream(min_chunk_size=_CHUNK))
        return iter(lambda: bytes(in_real_thread(next, stream, b"")), b"")

    def read(self, area: str, reference: FileReference) -> IO[bytes]:
        """The content as a seekable temporary file, to be closed. Raises ServiceError `file_missing`."""
        chunks = self.chunks(area, reference.sha256, FileKind.of_media_type(reference.media_type))
        file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - it is the answer
        file.writelines(chunks)
        file.seek(0)
        return file

    def adopt(self, area: str, reference: FileReference) -> None:
        """Give an upload to an area. Raises ServiceError `file_missing` when it is not there, or another."""
        source, target = _path_of(INCOMING, reference), _path_of(area, reference)
        if self._size(source) != reference.size:
            raise ServiceError("file_missing")
        if self._size(target) is None:
            in_real_thread(obstore.copy, self._store, source, target)

    def erase(self, area: str, sha256: str, kind: FileKind) -> None:
        """Remove an object; none there is fine."""
        try:
            in_real_thread(obstore.delete, self._store, _path(area, sha256, kind))
        except FileNotFoundError:
            return

    def older_than(self, area: str, age: timedelta) -> Iterator[list[tuple[str, FileKind]]]:
        """(SHA-256, kind) of an area's objects that were stored longer than `age` ago, some hundreds at a time."""
        limit = datetime.now(UTC) - age
        pages = iter(obstore.list(self._store, prefix=area, chunk_size=_LISTED))
        while page := in_real_thread(next, pages, None):
            old = (found["path"].rpartition("/")[2] for found in page if found["last_modified"] < limit)
            names = (name.partition(".") for name in old)
            yield [(sha256, FileKind(ending)) for sha256, _, ending in names if ending in _ENDINGS]

    def _size(self, path: str) -> int | None:
        try:
            return in_real_thread(obstore.head, self._store, path)["size"]
        except FileNotFoundError:
            return None


@lru_cache(maxsize=1)
def store() -> FileStore:
    """The store of this process, from its settings."""
    return FileStore(settings().files_url)


def adopt(
    uow: UnitOfWork,
    reference: FileReference,
    *,
    purpose: str,
    allowed: Collection[FileKind],
    teaching_point_id: UUID | None = None,
    student_id: UUID | None = None,
) -> UUID:
    """Make an upload this service's own, for `purpose`, in the row scope of what it belongs to; its id in `files`.

    Raises ServiceError `file_type_not_allowed`, or `file_missing` when it was never uploaded or is gone already.
    """
    if FileKind.of_media_type(reference.media_type) not in allowed:
        raise ServiceError("file_type_not_allowed", allowed=_names(allowed))
    _lock(uow, reference.sha256)
    store().adopt(uow.service.name, reference)
    return _add_row(uow, reference, purpose, teaching_point_id, student_id)


def keep(
    uow: UnitOfWork,
    file: IO[bytes],
    kind: FileKind,
    *,
    name: str,
    purpose: str,
    teaching_point_id: UUID | None = None,
    student_id: UUID | None = None,
) -> UUID:
    """Store a file that the service made itself, such as a task's result; its id in `files`."""
    reference = FileReference(
        sha256=content_hash(file), size=file.seek(0, 2), media_type=kind.content_type, name=plain_name(name)
    )
    _lock(uow, reference.sha256)
    store().put(uow.service.name, file, kind)
    return _add_row(uow, reference, purpose, teaching_point_id, student_id)


def reference_to(uow: UnitOfWork, file_id: UUID) -> FileReference:
    """What the gateway needs to send a file. Raises ServiceError `not_found` outside the actor's scope."""
    files = uow.tables["files"]
    row = uow.one(select(files).where(files.c.id == file_id))
    return FileReference(sha256=row.sha256, size=row.size, media_type=row.media_type, name=row.name)


def open_file(uow: UnitOfWork, file_id: UUID) -> IO[bytes]:
    """A file of this service, seekable, to be closed. Raises ServiceError `not_found` or `file_missing`."""
    return store().read(uow.service.name, reference_to(uow, file_id))


def erase_unowned(uow: UnitOfWork) -> int:
    """Scheduled job: remove day-old uploads, and this service's day-old objects that no row of `files` names."""
    for page in store().older_than(INCOMING, KEPT_UNADOPTED):
        for sha256, kind in page:
            store().erase(INCOMING, sha256, kind)
    for page in store().older_than(uow.service.name, KEPT_UNADOPTED):
        owned = _owned(uow, [sha256 for sha256, _ in page])
        for sha256, kind in page:
            # Looked up again under the lock of adoption: somebody may be adopting the same bytes now.
            if sha256 not in owned and _try_lock(uow, sha256) and not _owned(uow, [sha256]):
                store().erase(uow.service.name, sha256, kind)
    return 0


def plain_name(name: str) -> str:
    """A client's file name without folders, control characters and excess length; never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = free_line("".join(c for c in last if unicodedata.category(c)[0] != "C"))
    return printable[-_MAX_NAME:] or "file"


def content_hash(file: IO[bytes]) -> str:
    """The hexadecimal SHA-256 of a seekable file."""
    file.seek(0)
    return hashlib.file_digest(cast(BytesIO, file), "sha256").hexdigest()


def _add_row(
    uow: UnitOfWork,
    reference: FileReference,
    purpose: str,
    teaching_point_id: UUID | None,
    student_id: UUID | None,
) -> UUID:
    file_id = new_id()
    uow.execute(
        insert(uow.tables["files"]).values(
            id=file_id,
            **reference.model_dump(),
            purpose=purpose,
            teaching_point_id=teaching_point_id,
            student_id=student_id,
            uploaded_by=uow.context.actor.user_id,
            adopted_at=uow.now,
        )
    )
    uow.audit(uow.tables["files"], file_id, "adopt", after={"purpose": purpose, "sha256": reference.sha256})
    return file_id


def _owned(uow: UnitOfWork, hashes: list[str]) -> set[str]:
    files = uow.tables["files"]
    return {row.sha256 for row in uow.rows(select(files.c.sha256).where(files.c.sha256.in_(hashes)))}


def _lock(uow: UnitOfWork, sha256: str) -> None:
    uow.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(sha256, 0))))


def _try_lock(uow: UnitOfWork, sha256: str) -> bool:
    return bool(uow.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(sha256, 0)))))


def _names(kinds: Collection[FileKind]) -> str:
    return ", ".join(kind.upper() for kind in sorted(kinds))


def _path(area: str, sha256: str, kind: FileKind) -> str:
    return f"{area}/{sha256[:2]}/{sha256[2:4]}/{sha256}.{kind}"


def _path_of(area: str, reference: FileReference) -> str:
    return _path(area, reference.sha256, FileKind.of_media_type(reference.media_type))
