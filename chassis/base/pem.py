"""The Ed25519 keys of access tokens as text (PEM, RFC 7468): one, or several after one another."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

_PRIVATE: Final = re.compile(r"-----BEGIN PRIVATE KEY-----.+?-----END PRIVATE KEY-----\s*", re.DOTALL)
_PUBLIC: Final = re.compile(r"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----\s*", re.DOTALL)


def new_private_key() -> str:
    """A new key, PEM."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def private_blocks(text: str) -> list[str]:
    """The private keys of a text, each by itself."""
    return _PRIVATE.findall(text)


def private_keys(text: str) -> tuple[Ed25519PrivateKey, ...]:
    """The private keys of a text. Raises ValueError when there is none, or one of another kind."""
    loaded = [load_pem_private_key(block.encode(), password=None) for block in private_blocks(text)]
    if not loaded:
        raise ValueError("there is no private key for tokens")
    keys = tuple(key for key in loaded if isinstance(key, Ed25519PrivateKey))
    if len(keys) < len(loaded):
        raise ValueError("a private key for tokens is not an Ed25519 key")
    return keys


def public_keys(text: str) -> tuple[Ed25519PublicKey, ...]:
    """The public keys of a text. Raises ValueError when there is none, or one of another kind."""
    loaded = [load_pem_public_key(block.encode()) for block in _PUBLIC.findall(text)]
    if not loaded:
        raise ValueError("there is no public key for tokens")
    keys = tuple(key for key in loaded if isinstance(key, Ed25519PublicKey))
    if len(keys) < len(loaded):
        raise ValueError("a public key for tokens is not an Ed25519 key")
    return keys


def public_pem(key: Ed25519PrivateKey) -> str:
    """The public half of a key, PEM."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def fingerprint(key: Ed25519PublicKey) -> str:
    """A short name of a public key, by which processes say whom they trust."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]
