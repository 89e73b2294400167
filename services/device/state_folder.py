"""The agent's folder: its key, its lock, and the status that `jiaowu-device status` shows."""

import base64
import binascii
import json
import os
import sqlite3
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.device.settings import SettingsRefused, readable_by_others

_KEY = "spool.key"
_LOCK = "agent.lock"
_STATUS = "status.json"
_KEY_BITS = 256
# `is_running` takes the lock for an instant: an agent that starts just then must not take it for another agent.
_PATIENCE_SECONDS = 1.0


class AlreadyRunning(Exception):
    """Another agent works with this folder."""


def prepare(folder: Path) -> None:
    """Make the folder, for this user only. Raises `SettingsRefused`."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError
    except OSError as error:
        raise SettingsRefused("folder_unusable", path=folder, error=type(error).__name__) from None


def load_key(folder: Path) -> bytes:
    """The key for waiting readings, made at the first start. Raises `SettingsRefused` when others can read it."""
    path = folder / _KEY
    try:
        _make_key(path)
        if readable_by_others(path):
            raise SettingsRefused("key_not_private", path=path)
        key = base64.b64decode(path.read_bytes(), validate=True)
        if len(key) * 8 != _KEY_BITS:
            raise ValueError("length")
    except (OSError, ValueError, binascii.Error) as error:
        raise SettingsRefused("folder_unusable", path=path, error=type(error).__name__) from None
    return key


def _make_key(path: Path) -> None:
    # Written aside and linked into place: a machine that stops in between leaves no half a key.
    if path.exists():
        return
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(base64.b64encode(AESGCM.generate_key(_KEY_BITS)))
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


class Lock:
    """Held while an agent runs. An exclusive SQLite transaction: the same on every system, and gone
    with its process.
    """

    def __init__(self, folder: Path, *, patience: float = _PATIENCE_SECONDS) -> None:
        """Take the lock within `patience` seconds. Raises `AlreadyRunning`, or `SettingsRefused` when the
        lock's file can't be used.
        """
        path = folder / _LOCK
        try:
            self._connection = sqlite3.connect(path, timeout=patience, check_same_thread=False)
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise AlreadyRunning from None
            raise SettingsRefused("folder_unusable", path=path, error=error) from None

    def release(self) -> None:
        """Let another agent run."""
        self._connection.close()


def is_running(folder: Path) -> bool:
    """Whether an agent works with this folder now. Raises `SettingsRefused` when the folder can't be used."""
    if not (folder / _LOCK).exists():
        return False
    try:
        Lock(folder, patience=0).release()
    except AlreadyRunning:
        return True
    return False


def write_status(folder: Path, status: dict[str, Any]) -> None:
    """Leave the status for others to see; it holds no personal data. A full disk is not a reason to stop."""
    draft = folder / (_STATUS + ".new")
    try:
        draft.write_text(json.dumps(status), encoding="utf-8")
        draft.replace(folder / _STATUS)
    except OSError:
        draft.unlink(missing_ok=True)


def read_status(folder: Path) -> dict[str, Any]:
    """The last status; empty when there is none."""
    try:
        status: dict[str, Any] = json.loads((folder / _STATUS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return status
