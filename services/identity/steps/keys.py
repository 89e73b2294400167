"""Identity's keys. The first signs tokens; another one counts as well while keys are changed (docs/operations.md)."""

from __future__ import annotations

import hmac
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chassis.base.pem import fingerprint, private_keys, public_pem
from chassis.base.settings import settings

_LOOKED_AT_EVERY: Final = 2.0
"""Seconds between two looks at the file of keys."""


@dataclass(frozen=True, slots=True)
class Key:
    """A pair that signs access tokens, and what is derived from it."""

    private: Ed25519PrivateKey
    public: str
    """PEM."""
    name: str
    """By which a row says on which key it depends."""
    secret: bytes
    """For codes that only identity makes and checks (RFC 5869)."""

    def code(self, purpose: str, *parts: bytes) -> bytes:
        """32 bytes that nobody can make without the key. Parts are told apart by their lengths."""
        message = b"".join(len(part).to_bytes(4, "big") + part for part in (purpose.encode(), *parts))
        return hmac.digest(self.secret, message, "sha256")


def keys() -> Sequence[Key]:
    """The keys that count, the one that signs first. Raises ValueError when what is configured are no Ed25519 keys."""
    return _parsed(_configured())


def signing_key() -> Key:
    """The key that signs, and makes new codes."""
    return keys()[0]


def _configured() -> str:
    path = settings().token_private_key_file
    if not path:
        return settings().token_private_key.get_secret_value()
    return _read(path, int(time.monotonic() / _LOOKED_AT_EVERY))


@lru_cache(maxsize=1)
def _read(path: str, moment: int) -> str:
    return Path(path).read_text()


@lru_cache(maxsize=2)
def _parsed(pem: str) -> tuple[Key, ...]:
    return tuple(_key(private) for private in private_keys(pem))


def _key(private: Ed25519PrivateKey) -> Key:
    secret = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"jiaowu identity codes")
    name = fingerprint(private.public_key())
    return Key(private, public_pem(private), name, secret.derive(private.private_bytes_raw()))
