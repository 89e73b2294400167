"""A gateway without a bus: operations of a made-up library, a backend that records calls, tokens, a store in memory."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection
from inspect import isawaitable
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chassis.base.context import Actor, Context
from chassis.papers.file_kinds import FileKind
from chassis.papers.store import FileStore, plain_name
from contracts import permissions
from contracts.base import Command, Operation, Page, PageQuery, View, method_name
from contracts.errors import ServiceError
from contracts.identity.tokens import AUDIENCE, ISSUER, AccessClaims
from contracts.identity.views import AccessGrants
from contracts.permissions import Role, ScopeKind
from contracts.types import FileReference, Id, ShortText
from gateway.route import PUBLIC, SIGNED_IN, delete, get, post, put

PERMISSION = "books.lend"
SERVICES = ("library", "archive")
LENDERS = {
    Role.SCHOOL_REGISTRAR: ScopeKind.SCHOOL,
    Role.TEACHING_POINT_ADMIN: ScopeKind.POINT,
    Role.COURSE_LEAD: ScopeKind.COURSE,
    Role.STUDENT: ScopeKind.STUDENT,
}


def scope_of(role: Role, permission: str, modules: Collection[str] = ()) -> ScopeKind | None:
    """The real roles' scopes, and those for the made-up permission."""
    return LENDERS.get(role) if permission == PERMISSION else permissions.scope_of(role, permission, modules)


async def no_grants(claims: AccessClaims) -> AccessGrants:
    """Of tokens that refer to none."""
    return AccessGrants(grants=())


class BookView(View):
    """A book."""

    id: UUID
    title: str


class LendBook(Command, answers=BookView, service="library"):
    """Lend a book."""

    book_id: Id
    title: ShortText
    days: int = 14
    notes: tuple[ShortText, ...] = ()


class RemoveBook(Command, answers=BookView, service="library"):
    """Remove a book."""

    book_id: Id
    version: int


class ListBooks(PageQuery, answers=Page[BookView], service="library", order="title"):
    """The books."""

    title: ShortText | None = None
    shelf: tuple[int, ...] | None = None
    lent: bool | None = None


class OpenArchive(Command, answers=BookView, service="archive"):
    """Open the archive."""


class EnterLibrary(Command, answers=BookView, service="library"):
    """Come in."""

    name: ShortText


class GetScan(Command, answers=FileReference, service="library"):
    """A scan of a book."""

    book_id: Id


ROUTES = (
    post("/books/{book_id}/lend", LendBook, PERMISSION, status=201, max_body=2000),
    delete("/books/{book_id}", RemoveBook, PERMISSION),
    get("/books", ListBooks, PERMISSION),
    get("/books/{book_id}/scan", GetScan, PERMISSION, downloads=""),
    post("/archive", OpenArchive, SIGNED_IN, before_first_steps=True),
    put("/archive", OpenArchive, PERMISSION),
    post("/door", EnterLibrary, PUBLIC, never_before=0.2),
)


class FakeBackend:
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, dict[str, Any], Context]] = []
        self.answers: dict[str, Callable[[str, dict[str, Any]], Any]] = {
            "list_tasks": lambda *_: {"items": [], "page": 1, "size": 200, "total": 0},
            "get_to_do": lambda *_: {"items": []},
        }
        self.refuse("count_unread_notices", "service_unavailable", service="identity")

    async def call(self, operation: type[Operation], payload: dict[str, Any], context: Context) -> dict[str, Any]:
        name = method_name(operation)
        self.calls.append((operation.service, name, payload, context))
        answer = self.answers.get(name)
        answered = answer(operation.service, payload) if answer else {"id": str(uuid4()), "title": "书"}
        if not isawaitable(answered):
            return answered
        try:
            async with asyncio.timeout(context.seconds_left()):
                given: dict[str, Any] = await answered
        except TimeoutError:
            raise ServiceError("deadline_exceeded") from None
        return given

    def refuse(self, name: str, code: str, **params: Any) -> None:
        """Let an operation be refused."""

        def answer(service: str, payload: dict[str, Any]) -> dict[str, Any]:
            raise ServiceError(code, **params)

        self.answers[name] = answer


class FakeStore(FileStore):
    """Files in memory."""

    def __init__(self) -> None:
        self.files: dict[tuple[str, str], bytes] = {}
        self.announced: list[tuple[UUID | None, int]] = []
        self.is_full = False

    def refuse_without_room(self, uploader: Actor, announced: int) -> None:
        if self.is_full:
            raise ServiceError("upload_quota_used", limit=500, files=2000, retry_after=3600)

    def upload(
        self,
        stream: Any,
        *,
        uploader: Actor,
        name: str,
        announced: int,
        max_bytes: int,
        allowed: Collection[FileKind],
    ) -> FileReference:
        self.announced.append((uploader.user_id, announced))
        self.refuse_without_room(uploader, announced)
        content = b""
        while chunk := stream.read(1000):
            content += chunk
            if len(content) > max_bytes:
                raise ServiceError("file_too_large", limit=max_bytes)
        self.files["incoming", "0" * 64] = content
        kind = FileKind.PDF.content_type
        return FileReference(sha256="0" * 64, name=plain_name(name), size=len(content), media_type=kind)

    async def stream(self, area: str, sha256: str, kind: FileKind) -> AsyncIterator[bytes]:
        content = self.files.get((area, sha256))
        if content is None:
            raise ServiceError("file_missing")

        async def pieces() -> AsyncIterator[bytes]:
            yield content[:3]
            yield content[3:]

        return pieces()


class Issuer:
    """Makes tokens as identity does."""

    def __init__(self, key: Ed25519PrivateKey | None = None) -> None:
        self.key = key or Ed25519PrivateKey.generate()

    @property
    def public_key(self) -> str:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def token(self, *, lifetime: float = 300, issued_ago: float = 0, without: str = "", **claims: Any) -> str:
        """A token; `claims` replace the usual ones, `without` leaves one out."""
        now = time.time() - issued_ago
        everything = {
            "sub": str(uuid4()),
            "sid": str(uuid4()),
            "epoch": 1,
            "name": "张三",
            "grants": [["school_registrar", "school", [], []]],
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": int(now),
            "exp": int(now + lifetime),
            **claims,
        }
        everything.pop(without, None)
        return jwt.encode(everything, self.key, "EdDSA")
