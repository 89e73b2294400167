"""Passwords and keys of one system: generated once, kept in a folder that only its owner can read."""

import fcntl
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from chassis.base.pem import new_private_key, private_keys, public_pem

_TOKEN_KEYS = "token.pem"


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
        """The Ed25519 pairs that access tokens are signed and checked with: (private PEM, public PEM). The first one
        signs; while keys are changed there are two."""
        private = self._get(_TOKEN_KEYS) or self._put(_TOKEN_KEYS, new_private_key())
        return private, "".join(map(public_pem, private_keys(private)))

    def token_keys_file(self) -> Path:
        """Where the private keys are, for the process that signs."""
        self.token_keys()
        return (self._folder / _TOKEN_KEYS).absolute()

    def put_token_keys(self, private: Sequence[str], *, instead_of: Sequence[str] | None = None) -> bool:
        """Let these keys count from now on, the first sign, unless there are others by now than `instead_of`; whether
        they do. Who reads at this moment reads all or nothing of it, and so does who starts after the power went."""
        with self.alone("token.put", wait=True):
            if instead_of is not None and self._get(_TOKEN_KEYS) != "".join(instead_of):
                return False
            self._put(f"{_TOKEN_KEYS}.new", "".join(private))
            _on_disk(self._folder / f"{_TOKEN_KEYS}.new")
            (self._folder / f"{_TOKEN_KEYS}.new").replace(self._folder / _TOKEN_KEYS)
            _on_disk(self._folder)
        return True

    @contextmanager
    def alone(self, what: str, *, wait: bool = False) -> Iterator[bool]:
        """Be the only process that does this inside the block. Says whether that is so: somebody else may be at it
        already, for whom one may `wait`. The lock goes with the process, however that ends."""
        self._put(f"{what}.lock", "")
        with (self._folder / f"{what}.lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True

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


def _on_disk(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
