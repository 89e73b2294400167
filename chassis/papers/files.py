"""Files as rows: what a service took in or made, owned by rows of it, in the row scope of what it belongs to.

The gateway puts an upload into the store and passes a `FileReference` on. The service that accepts it *adopts* it:
copies the object into its own area and writes a row of `files`, in its transaction; only for who uploaded it. What is
not adopted goes within the hour.
"""

from collections.abc import Collection
from datetime import timedelta
from functools import lru_cache
from typing import IO
from uuid import UUID

from sqlalchemy import func, insert, select

from chassis.base.blocking import in_real_thread
from chassis.base.ids import new_id
from chassis.base.settings import settings
from chassis.data.retention import count_erased
from chassis.data.unit_of_work import UnitOfWork
from chassis.papers.file_kinds import FileKind
from chassis.papers.store import INCOMING, FileStore, content_hash
from contracts.errors import Language, ServiceError
from contracts.types import FileReference
from contracts.words import document_word

ERASED_EVERY = timedelta(minutes=10)
KEPT_UNADOPTED = timedelta(minutes=45)
"""With the time between two looks: within the hour."""
KEPT_UNOWNED = timedelta(hours=1)
UPLOADS = "uploads"
"""What those that are removed are counted as: they stand in no table."""


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
    max_bytes: int | None = None,
    teaching_point_id: UUID | None = None,
    student_id: UUID | None = None,
) -> UUID:
    """Make an upload this service's own, for `purpose`, in the row scope of what it belongs to; its id in `files`.

    Raises ServiceError `file_too_large`, `file_type_not_allowed`, or `file_missing` when the actor never uploaded it or
    it is gone.
    """
    if max_bytes is not None and reference.size > max_bytes:
        raise ServiceError("file_too_large", limit=max_bytes)
    if FileKind.of_media_type(reference.media_type) not in allowed:
        raise ServiceError("file_type_not_allowed", allowed=_names(allowed))
    _lock(uow, reference.sha256)
    store().adopt(uow.service.name, reference, uow.context.actor.user_id)
    return _add_row(uow, reference, purpose, teaching_point_id, student_id)


def keep(
    uow: UnitOfWork,
    file: IO[bytes],
    kind: FileKind,
    *,
    document: str,
    language: Language = "zh",
    purpose: str | None = None,
    teaching_point_id: UUID | None = None,
    student_id: UUID | None = None,
) -> UUID:
    """Store a document that the service made itself, such as a task's result, under the name that `contracts.words` has
    for it in this language; its id in `files`. Its purpose is the document's own unless another is named."""
    name = f"{document_word(document)[language]}.{kind}"
    sha256 = in_real_thread(content_hash, file)
    reference = FileReference(sha256=sha256, size=file.seek(0, 2), media_type=kind.content_type, name=name)
    _lock(uow, sha256)
    store().put(uow.service.name, file, kind, sha256)
    return _add_row(uow, reference, purpose or document, teaching_point_id, student_id)


def reference_to(uow: UnitOfWork, file_id: UUID) -> FileReference:
    """What the gateway needs to send a file. Raises ServiceError `not_found` outside the actor's scope."""
    files = uow.tables["files"]
    row = uow.one(select(files).where(files.c.id == file_id))
    return FileReference(sha256=row.sha256, size=row.size, media_type=row.media_type, name=row.name)


def open_file(uow: UnitOfWork, file_id: UUID) -> IO[bytes]:
    """A file of this service, seekable, to be closed. Raises ServiceError `not_found` or `file_missing`."""
    return store().read(uow.service.name, reference_to(uow, file_id))


def erase_unadopted(uow: UnitOfWork) -> int:
    """Scheduled job: remove uploads that wait no more (who took one up has a copy), and what was counted of earlier
    days. Every service does it, for whose they would have been nobody knows, and counts what it has removed itself."""
    gone = 0
    for page in store().older_than(INCOMING, KEPT_UNADOPTED):
        # One may have been uploaded again meanwhile.
        gone += sum(store().erase_older(found.path, KEPT_UNADOPTED) for found in page)
    store().erase_staged(INCOMING)
    store().quota.forget()
    count_erased(uow, UPLOADS, gone)
    return 0  # that was all there is: no second walk through the store


def erase_unowned(uow: UnitOfWork) -> int:
    """Scheduled job: remove this service's objects that no row of `files` names: of commands that were rolled back, and
    of rows that are gone."""
    for page in store().older_than(uow.service.name, KEPT_UNOWNED):
        owned = _owned(uow, [found.sha256 for found in page])
        for found in page:
            # Looked up again under the lock of adoption: somebody may be adopting the same bytes now.
            if found.sha256 not in owned and _try_lock(uow, found.sha256) and not _owned(uow, [found.sha256]):
                store().erase(found.path)
    store().erase_staged(uow.service.name)
    return 0


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
