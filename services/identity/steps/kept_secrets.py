"""Secrets that identity has to tell others one day, such as what providers know us by: sealed with AES-256-GCM under a
key that is derived from the one of its tokens, so that a copy of the database tells nothing.

While keys are changed (docs/operations.md) both open what was sealed, and the due job of `services/identity/jobs.py`
seals anew what the other one has sealed.
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.identity.steps.keys import Key, keys, signing_key

_NONCE_BYTES: Final = 12


def sealed(secret: str, bound_to: bytes) -> bytes:
    """The secret, which opens only together with what it is bound to: the id of its row."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(signing_key()).encrypt(nonce, secret.encode(), bound_to)


def opened(kept: bytes, bound_to: bytes) -> tuple[str, bool] | None:
    """A sealed secret, and whether it has to be sealed anew; None where none of the keys opens it any more."""
    for key in keys():
        try:
            secret = _cipher(key).decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], bound_to)
        except InvalidTag:
            continue
        return secret.decode(), key is not signing_key()
    return None


def _cipher(key: Key) -> AESGCM:
    return AESGCM(key.code("kept secrets"))
