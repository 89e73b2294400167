"""Files that belong to requests: taken up when a request is made or later, and given to whoever sees the request."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from chassis.base.ids import new_id
from chassis.data.bulk import insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from contracts.errors import ServiceError
from contracts.requests import AttachmentView
from contracts.types import FileReference

SCANS = (FileKind.PNG, FileKind.JPEG, FileKind.PDF)


@dataclass(frozen=True, slots=True)
class Attachments:
    """What files a kind of request takes. `bytes_each` is what one may have, `most` how many one request may have."""

    kinds: Collection[FileKind] = SCANS
    bytes_each: int = 5 * 1024 * 1024
    most: int = 10


def attach(
    uow: UnitOfWork,
    allowed: Attachments,
    request_ids: Sequence[UUID],
    given: Sequence[FileReference],
    *,
    purpose: str,
    teaching_point_id: UUID | None,
    there: int = 0,
) -> None:
    """Take up uploads for these requests, which all get all of them; each has `there` files already.

    Raises ServiceError `too_many_files`, `file_too_large`, `file_type_not_allowed`, `file_missing`.
    """
    if there + len(given) > allowed.most:
        raise ServiceError("too_many_files", limit=allowed.most)
    kept = [
        files.adopt(
            uow,
            each,
            purpose=purpose,
            allowed=allowed.kinds,
            max_bytes=allowed.bytes_each,
            teaching_point_id=teaching_point_id,
        )
        for each in given
    ]
    rows = [
        {
            "id": new_id(),
            "request_id": request_id,
            "file_id": file_id,
            "added_by": uow.context.actor.user_id,
            "added_by_name": uow.context.actor.name,
            "added_at": uow.now,
        }
        for request_id in request_ids
        for file_id in kept
    ]
    if rows:
        with uow.as_system():  # who may write the request may attach to it
            uow.execute(insert_rows(uow.tables["attachments"], rows))


def attached(uow: UnitOfWork, request_id: UUID) -> tuple[AttachmentView, ...]:
    """The files of a request that the caller has found in the actor's sight, in the order in which they came."""
    attachments, kept = uow.tables["attachments"], uow.tables["files"]
    statement = (
        select(attachments, kept.c.name, kept.c.size, kept.c.media_type)
        .join(kept, kept.c.id == attachments.c.file_id)
        .where(attachments.c.request_id == request_id)
        .order_by(attachments.c.id)
    )
    with uow.as_system():  # whoever sees a request sees what belongs to it
        return tuple(AttachmentView.model_validate(row._mapping) for row in uow.rows(statement))


def attachment(uow: UnitOfWork, request_id: UUID, file_id: UUID) -> FileReference:
    """One of the files of a request that the caller has found in the actor's sight. Raises `not_found`."""
    attachments = uow.tables["attachments"]
    belongs = select(attachments.c.id).where(attachments.c.request_id == request_id, attachments.c.file_id == file_id)
    with uow.as_system():
        uow.one(belongs)
        return files.reference_to(uow, file_id)
