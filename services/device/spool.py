"""Readings that wait for the broker: encrypted on disk, oldest first, erased after fifteen minutes.

Every reading goes through here, so none is lost when the agent or the machine stops before the broker has
confirmed it.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts.device.stations import READING_LIFETIME

FILE_NAME = "readings.sqlite"
_NONCE_BYTES = 12
# A reading dated later than this is from before somebody set the clock back: its age is unknown, so it goes
# too.
_CLOCK_TOLERANCE = timedelta(minutes=1)
_FROM_SQLITE = (sqlite3.Error, UnicodeDecodeError)
# Our statements fit our table: one that SQLite finds wrong, or whose values the table refuses, met another table.
_DAMAGE = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
}
_TABLE = """
    CREATE TABLE IF NOT EXISTS readings (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        read_at INTEGER NOT NULL,  -- milliseconds since 1970
        sealed BLOB NOT NULL       -- nonce and AES-256-GCM of the message body, bound to read_at
    )
"""


class SpoolUnusable(Exception):
    """The disk is full, the file can't be written, or it has been closed."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One reading on its way out."""

    position: int
    read_at: datetime
    body: bytes = field(repr=False)


class Spool:
    """The store of one agent. Safe to use from several threads."""

    def __init__(self, folder: Path, key: bytes, on_loss: Callable[[str, int], None]) -> None:
        """`on_loss` hears the notice code and how many readings were lost when the file turns out to be damaged."""
        self.path = folder / FILE_NAME
        self._cipher = AESGCM(key)
        self._on_loss = on_loss
        self._lock = threading.Lock()
        try:
            self._open()
        except (*_FROM_SQLITE, OSError) as error:
            if not is_damage(error):
                raise SpoolUnusable(_reason(error)) from None
            self._start_anew()

    def put(self, read_at: datetime, body: bytes) -> None:
        """Keep a reading; when this returns it is on the disk. Raises `SpoolUnusable`."""
        stamp = _milliseconds(read_at)
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, body, _bound_to(stamp))
        with self._transaction() as connection:
            connection.execute("INSERT INTO readings (read_at, sealed) VALUES (?, ?)", (stamp, sealed))

    def oldest(self, limit: int) -> list[Waiting]:
        """The readings that have waited longest, in the order they were read."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT position, read_at, sealed FROM readings ORDER BY position LIMIT ?", (limit,)
            ).fetchall()
        waiting, damaged = [], []
        for position, stamp, sealed in rows:
            try:
                body = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_to(stamp))
                waiting.append(Waiting(position, _instant(stamp), body))
            except (InvalidTag, ValueError, TypeError):  # another type than that of the column is damage too
                damaged.append(position)
        if damaged:
            self.remove(damaged)
            self._on_loss("readings_lost", len(damaged))
        return waiting

    def remove(self, positions: Sequence[int]) -> None:
        """Erase readings: the broker has confirmed them."""
        with self._transaction() as connection:
            connection.executemany("DELETE FROM readings WHERE position = ?", [(p,) for p in positions])

    def erase_expired(self, now: datetime) -> int:
        """Erase what is too old to be sent, and say how many that were."""
        oldest, newest = _milliseconds(now - READING_LIFETIME), _milliseconds(now + _CLOCK_TOLERANCE)
        with self._transaction() as connection:
            found = connection.execute(
                "SELECT count(*) FROM readings WHERE read_at < ? OR read_at > ?", (oldest, newest)
            )
            count: int = found.fetchone()[0]
            if count:
                connection.execute("DELETE FROM readings WHERE read_at < ? OR read_at > ?", (oldest, newest))
        return count

    def count(self) -> int:
        """How many readings wait."""
        with self._transaction() as connection:
            return int(connection.execute("SELECT count(*) FROM readings").fetchone()[0])

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                with self._connection:
                    yield self._connection
            except _FROM_SQLITE as error:
                if not is_damage(error):
                    raise SpoolUnusable(_reason(error)) from None
                self._start_anew()
                raise SpoolUnusable("damaged") from None

    def _open(self) -> None:
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        self._connection = sqlite3.connect(self.path, check_same_thread=False)
        # Durable before the card may leave, and deleted rows overwritten.
        self._connection.executescript("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;" + _TABLE)

    def _start_anew(self) -> None:
        self._connection.close()
        for leftover in self.path.parent.glob(FILE_NAME + "*"):
            leftover.unlink()
        self._open()
        self._on_loss("spool_damaged", 0)


def waiting_in(folder: Path) -> tuple[int, datetime | None]:
    """How many readings wait in a folder and since when, without the key. Raises `SpoolUnusable`."""
    try:
        connection = sqlite3.connect(f"{(folder / FILE_NAME).absolute().as_uri()}?mode=ro", uri=True)
        try:
            count, stamp = connection.execute("SELECT count(*), min(read_at) FROM readings").fetchone()
        finally:
            connection.close()
        return count, None if stamp is None else _instant(stamp)
    except sqlite3.DatabaseError as error:
        raise SpoolUnusable(str(error)) from None
    except (ValueError, TypeError, OverflowError):  # a schema that is no text, a time that is none
        raise SpoolUnusable("damaged") from None


def is_damage(error: Exception) -> bool:
    """Whether the file's content is to blame. Nothing else may cost the readings that wait: a full disk, a closed
    file or one that is in use is no damage."""
    if isinstance(error, UnicodeDecodeError):
        return True  # SQLite repeats a damaged schema in its message, which the module then can't decode
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # the module's own error: a text of a row that can't be decoded, or (ProgrammingError) our misuse
        return isinstance(error, sqlite3.OperationalError)
    # The low byte says what, the rest where. READONLY without more: we opened it for writing, so its header says so.
    return code & 0xFF in _DAMAGE or code == sqlite3.SQLITE_READONLY


def _reason(error: Exception) -> str:
    # The system's own errors repeat the path, which whoever tells of this names anyway.
    return type(error).__name__ if isinstance(error, OSError) else str(error)


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _bound_to(milliseconds: int) -> bytes:
    return str(milliseconds).encode()
