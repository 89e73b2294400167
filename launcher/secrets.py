"""Passwords and keys of one system: generated once, kept in a folder that only its owner can read."""

import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Secrets:
    """One file a secret, made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def password(self, name: str) -> str:
        """The password of this name: 32 characters, safe in a URL."""
        return self._get(f"{name}.password") or self._put(f"{name}.password", secrets.token_urlsafe(24))

    def keep(self, name: str, value: str) -> None:
        """Keep something that was given to us."""
        self._put(name, value)

    def kept(self, name: str) -> str | None:
        """What was kept under this name."""
        return self._get(name)

    def token_keys(self) -> tuple[str, str]:
        """The Ed25519 pair that access tokens are signed and checked with: (private PEM, public PEM)."""
        private = self._get("token.pem") or self._put("token.pem", _new_private_key())
        key = serialization.load_pem_private_key(private.encode(), password=None)
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return private, public.decode()

    def _get(self, name: str) -> str | None:
        path = self._folder / name
        return path.read_text() if path.exists() else None

    def _put(self, name: str, value: str) -> str:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        path = self._folder / name
        path.touch(mode=0o600)
        path.write_text(value)
        return value


def _new_private_key() -> str:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode()
