"""What identity has to read again and nobody else may: sealed with a key that is derived from those that sign tokens.

While keys are changed both open, and a due job (`jobs.seal_second_factors_anew`) seals anew with the first, so that
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
    for key in keys():
        try:
            return _cipher(key, purpose).decrypt(kept[:_NONCE], kept[_NONCE:], bound_to)
        except (InvalidTag, ValueError):
            continue
    return None


def _cipher(key: Key, purpose: str) -> AESGCM:
    return AESGCM(key.code("at rest", purpose.encode()))
