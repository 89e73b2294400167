"""Access tokens (EdDSA, RFC 8037) and refresh tokens."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from sqlalchemy import Row

from chassis.base.settings import settings
from contracts.identity.tokens import ALGORITHM, MAX_LIFETIME, AccessClaims
from contracts.identity.views import RoleGrant
from services.identity.domain.roles import access_grant

SESSION_LIFETIME: Final = timedelta(hours=12)
"""A session that nobody uses ends after a working day."""
REFRESH_GRACE: Final = timedelta(seconds=30)
"""How long a used refresh token may be used again: by a client that never saw the answer to its first use."""


@lru_cache(maxsize=1)
def signing_key() -> Ed25519PrivateKey:
    """The key of JIAOWU_TOKEN_PRIVATE_KEY (PEM). Raises ValueError when it is no Ed25519 key."""
    key = load_pem_private_key(settings().token_private_key.get_secret_value().encode(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("JIAOWU_TOKEN_PRIVATE_KEY is not an Ed25519 private key")
    return key


def public_key() -> str:
    """The public half, PEM."""
    return signing_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def access_token(
    user: Row[Any], session_id: UUID, grants: tuple[RoleGrant, ...], *, first_steps: bool, now: datetime
) -> tuple[str, datetime]:
    """A signed token for the account, and when it expires."""
    issued = int(now.timestamp())
    claims = AccessClaims(
        sub=user.id,
        sid=session_id,
        epoch=user.epoch,
        name=user.name,
        teaching_point_id=user.teaching_point_id,
        student_id=user.student_id,
        first_steps=first_steps,
        grants=tuple(access_grant(g, user.id, user.teaching_point_id, user.student_id) for g in grants),
        iat=issued,
        exp=issued + MAX_LIFETIME,
    )
    token = jwt.encode(claims.model_dump(mode="json", exclude_none=True), signing_key(), algorithm=ALGORITHM)
    return token, now + timedelta(seconds=MAX_LIFETIME)


def refresh_token() -> tuple[str, bytes]:
    """A new refresh token and the hash under which it is kept."""
    token = f"rt_{secrets.token_urlsafe(32)}"
    return token, refresh_hash(token)


def refresh_hash(token: str) -> bytes:
    """A random token needs no slow hash: nobody can guess 256 bits."""
    return hashlib.sha256(token.encode()).digest()
