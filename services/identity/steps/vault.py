"""What identity has to read again and nobody else may: sealed with a key that is derived from those that sign tokens.

While keys are changed both open, and a due job (`jobs.seal_anew`) seals anew with the first, so that
nothing is left that only the former one opens when it goes.
"""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.identity.steps.keys import Key, keys

_NONCE: Final = 12
"""Bytes (NIST SP 800-38D): by chance, which does for four thousand million things under one key."""


def seal(purpose: str, bound_to: bytes, clear: bytes, key: Key) -> bytes:
    """The bytes as they are kept. They open for the same purpose and binding alone: a row's secret is no other's."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(key, purpose).encrypt(nonce, clear, bound_to)


def opened(purpose: str, bound_to: bytes, kept: bytes) -> bytes | None:
    """What was sealed; None for what none of identity's keys has sealed, or not for this."""
    return next(filter(None, (_opened_with(key, purpose, bound_to, kept) for key in keys())), None)


def sealed_anew(purpose: str, bound_to: bytes, kept: bytes) -> bytes | None:
    """The same under the key that signs now; None for what it has sealed already, or what nothing opens."""
    now, *others = keys()
    clear = next(filter(None, (_opened_with(key, purpose, bound_to, kept) for key in others)), None)
    return None if clear is None else seal(purpose, bound_to, clear, now)


def _opened_with(key: Key, purpose: str, bound_to: bytes, kept: bytes) -> bytes | None:
    try:
        return _cipher(key, purpose).decrypt(kept[:_NONCE], kept[_NONCE:], bound_to)
    except (InvalidTag, ValueError):
        return None


def _cipher(key: Key, purpose: str) -> AESGCM:
    return AESGCM(key.code("at rest", purpose.encode()))
