"""Refresh tokens: the n-th of a session follows from the session, n and identity's key.

So the same question has the same answer without a secret being kept: the database holds a hash of the newest. An older
one tells by itself whose it was, whenever it comes back.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.identity.steps.keys import Key, keys, signing_key

_PREFIX: Final = "rt_"
_PURPOSE: Final = "refresh token"


@dataclass(frozen=True, slots=True)
class Genuine:
    """A refresh token that this identity made."""

    session_id: UUID
    number: int
    """The first of a session is 0."""


def refresh_token(session_id: UUID, number: int, key: Key | None = None) -> str:
    """The n-th refresh token of a session."""
    body = session_id.bytes + number.to_bytes(4, "big")
    return _PREFIX + urlsafe_b64encode(body + (key or signing_key()).code(_PURPOSE, body)).decode().rstrip("=")


def every_refresh_token(session_id: UUID, number: int) -> Iterator[str]:
    """The n-th refresh token of a session as each key makes it: while keys are changed it may be the other's."""
    return (refresh_token(session_id, number, key) for key in keys())


def genuine(token: str) -> Genuine | None:
    """Which token this is, or None for what none of the keys has made."""
    text = token.removeprefix(_PREFIX)
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Error, ValueError):
        return None
    if len(raw) < 20:
        return None
    said = Genuine(UUID(bytes=raw[:16]), int.from_bytes(raw[16:20], "big"))
    made = every_refresh_token(said.session_id, said.number)
    return said if any(hmac.compare_digest(token, each) for each in made) else None


def refresh_hash(token: str) -> bytes:
    """The hash under which a token is kept. It needs no slow one: nobody can guess 256 bits."""
    return hashlib.sha256(token.encode()).digest()
