"""Files in and out. Bytes go between the client and the object store; services hear of references only."""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import IO, Any, cast
from urllib.parse import quote

import falcon
from falcon.asgi import Request, Response
from falcon.media.multipart import BodyPart, MultipartForm, MultipartFormHandler

from chassis.base.context import Actor
from chassis.papers.file_kinds import FileKind, named_by_kind
from chassis.papers.store import FileStore
from contracts.base import Command
from contracts.errors import ServiceError
from contracts.types import FileReference
from gateway.body import chunks_of
from gateway.door import Door
from gateway.guards import Shares, Slots
from gateway.responder import Send, send_json
from gateway.route import SIGNED_IN, Route, post
from gateway.wire.leaving import GONE, event_of

MAX_UPLOAD = 64 * 1024 * 1024  # bytes; services allow less where less is meant
UPLOADS = 20  # at a time
DOWNLOADS = 100  # at a time: half of the places, however slowly people read
UPLOADS_OF_USER = 3
DOWNLOADS_OF_USER = 10
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_DISPOSITION = b"content-disposition"
_FILE_POLICY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_MARGIN = 16 * 1024  # bytes that a form may have around its file
_SOON_HERE = 1024 * 1024  # bytes of an upload that is not worth asking beforehand whether there is room


class UploadFile(Command, answers=FileReference, service="gateway"):
    """Upload one file as `multipart/form-data`, part `file`: PNG, JPEG, PDF, XLSX, XLS, ODS, CSV or ZIP, told by its
    content.

    The answer is a reference to put into a command of the same person; a file that no command takes up is erased
    within the hour. What follows the end of a picture is left out, so that it may be smaller than what was sent.
    Refused: `file_required`, `file_empty`, `file_too_large`, `file_type_not_allowed`, `file_damaged`,
    `image_too_large`, `workbook_encrypted`, `workbook_is_web_page`, `workbook_is_xml`, `upload_quota_used`,
    `point_upload_quota_used`, `too_many_transfers`.
    """


UPLOAD = post("/files", UploadFile, SIGNED_IN, status=201, timeout=600)


class Files:
    """Streams uploads into the store and downloads out of it."""

    def __init__(self, store: FileStore, door: Door) -> None:
        self._store = store
        self._door = door
        self._uploads, self._downloads = Slots(UPLOADS, retry_after=5), Slots(DOWNLOADS, retry_after=5)
        self._uploading, self._downloading = Shares(UPLOADS_OF_USER), Shares(DOWNLOADS_OF_USER)
        self._forms = MultipartFormHandler()
        self._forms.parse_options.max_body_part_count = 1
        self._forms.parse_options.max_secure_filename_length = 200

    async def on_post(self, req: Request, resp: Response) -> None:
        """Take in one file: to disk first, however slowly it comes; then it has a place for as long as it is stored."""
        access = await self._door.grant(UPLOAD, req)
        kind = (req.content_type or "").partition(";")[0].strip().lower()
        if kind != "multipart/form-data":
            raise ServiceError("unsupported_media_type", expected="multipart/form-data")
        announced = req.content_length
        if announced is None:
            raise ServiceError("file_required")
        if announced > MAX_UPLOAD + _MARGIN:
            raise ServiceError("file_too_large", limit=MAX_UPLOAD)
        uploader = access.context.actor
        with self._uploading.one_of(access.who), tempfile.TemporaryFile() as spool:
            if announced > _SOON_HERE:
                await asyncio.to_thread(self._store.refuse_without_room, uploader, announced)
            async for chunk in chunks_of(req, announced):
                await asyncio.to_thread(spool.write, chunk)
            spool.seek(0)
            with self._uploads.one():
                reference = await asyncio.to_thread(self._take_in, spool, str(req.content_type), announced, uploader)
        resp.status = falcon.HTTP_201
        await send_json(req, resp, reference.model_dump(mode="json"), ExitStack())

    def _take_in(self, spool: IO[bytes], content_type: str, announced: int, uploader: Actor) -> FileReference:
        try:
            part = _file_part(self._forms.deserialize(cast(Any, spool), content_type, announced))
            return self._store.upload(
                part.stream,
                uploader=uploader,
                name=part.filename or "file",
                announced=announced,
                max_bytes=MAX_UPLOAD,
                allowed=tuple(FileKind),
            )
        except (falcon.MediaMalformedError, falcon.HTTPInvalidHeader):
            raise ServiceError("file_required") from None

    def sender(self, route: Route) -> Send:
        """How a route's answer is sent as the file that it refers to: whoever got the reference from its owner may have
        the file."""

        async def send(req: Request, resp: Response, answer: dict[str, Any], held: ExitStack) -> None:
            reference = answer.get(route.downloads) if route.downloads else answer
            if reference is None:
                raise ServiceError("file_missing")
            held.enter_context(self._downloading.one_of(req.context.user_id))
            held.enter_context(self._downloads.one())
            kind = FileKind.of_media_type(reference["media_type"])
            chunks = await self._store.stream(reference.get("area", route.service), reference["sha256"], kind)
            resp.content_type = reference["media_type"]
            resp.content_length = reference["size"]
            resp.set_header("Content-Disposition", _attachment(named_by_kind(reference["name"], kind)))
            resp.set_header("Content-Security-Policy", _FILE_POLICY)
            # It keeps its request's place, and its user's share, until it has left.
            download = _Download(chunks, held.pop_all(), event_of(req.scope, GONE))
            resp.stream = cast(AsyncIterator[bytes], download)

        return send


class _Download:
    """A file's bytes as they are read, for as long as their reader is not `gone`; what is `held` is let go however the
    download ends."""

    def __init__(self, chunks: AsyncIterator[bytes], held: ExitStack, gone: asyncio.Event) -> None:
        self._chunks = chunks
        self._held = held
        self._gone = gone

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            if self._gone.is_set():
                return
            yield chunk

    async def close(self) -> None:
        """Called by the server, however the download ended."""
        self._held.close()


def _file_part(form: MultipartForm) -> BodyPart:
    for part in form:
        _decode(part)
        if part.name == "file":
            return part
    raise ServiceError("file_required")


def _decode(part: BodyPart) -> None:
    """Let names be read that are not UTF-8: old clients on Chinese systems send GBK, others Latin-1, which takes any
    bytes. Falcon knows UTF-8 alone and offers no place to say more."""
    raw = part._headers.get(_DISPOSITION, b"")
    for encoding in ("utf-8", "gb18030", "latin-1"):
        try:
            part._headers[_DISPOSITION] = raw.decode(encoding).encode()
        except UnicodeDecodeError:
            continue
        return


def _attachment(name: str) -> str:
    """RFC 6266, with a plain name for old clients. A name is what an uploader wrote: nothing of it goes unescaped."""
    plain = _UNSAFE.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
