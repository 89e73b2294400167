"""Refresh tokens: the n-th of a session follows from the session's id and secret, n, and identity's key.

So the same question has the same answer without a token being kept: the database holds a hash of the newest. An older
one tells by itself whose it was, whenever it comes back. Neither the key alone nor a copy of the database makes one.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.identity.steps.keys import Key, keys
from services.identity.steps.sealed import Sealed

_SEALED: Final = Sealed("rt_", "refresh token", length=20)


@dataclass(frozen=True, slots=True)
class Claim:
    """Which refresh token one says that it is."""

    session_id: UUID
    number: int
    """The first of a session is 0."""


def new_secret() -> bytes:
    """What a new session's tokens depend on besides the key."""
    return secrets.token_bytes(32)


def refresh_token(session_id: UUID, number: int, secret: bytes, key: Key | None = None) -> str:
    """The n-th refresh token of a session."""
    return _SEALED.token(_body(session_id, number), secret, key)


def every_refresh_token(session_id: UUID, number: int, secret: bytes) -> Iterator[str]:
    """The n-th refresh token of a session as each key makes it: while keys are changed it may be the other's."""
    return (refresh_token(session_id, number, secret, key) for key in keys())


def claim_of(token: str) -> Claim | None:
    """Which token this says that it is; only its session's secret tells whether it is. None for what is no token."""
    body = _SEALED.said_by(token)
    return None if body is None else Claim(UUID(bytes=body[:16]), int.from_bytes(body[16:], "big"))


def is_genuine(token: str, claim: Claim, secret: bytes) -> bool:
    """Whether identity made this token for the session that has this secret."""
    return _SEALED.is_genuine(token, _body(claim.session_id, claim.number), secret)


def refresh_hash(token: str) -> bytes:
    """The hash under which a token is kept. It needs no slow one: nobody can guess 256 bits."""
    return hashlib.sha256(token.encode()).digest()


def _body(session_id: UUID, number: int) -> bytes:
    return session_id.bytes + number.to_bytes(4, "big")
