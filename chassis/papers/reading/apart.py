"""Reading in a process apart, seen from outside."""

from __future__ import annotations

import logging
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import orjson

from chassis.papers.reading.cells import RawRow, UnreadableError
from chassis.papers.reading.limits import Limits

logger = logging.getLogger(__name__)

_ROOT = Path(__file__).parents[3]
_CHILD = "chassis.papers.reading.child"
_LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of one block of rows: what a process tells that went mad."""
_CHUNK = 1024 * 1024
_WAITS = 3
"""How many seconds it may be waited for, for each second of processor time: others work beside."""


def raw_rows(
    file: IO[bytes], limits: Limits | None = None, titles: Collection[str] = (), whole: int = 0
) -> Generator[RawRow, None, None]:
    """The rows of a table that somebody sent, of whatever format; `titles` are those that its header may have, bare. Of
    all filled sheets but that with the number `whole` there are the first rows only.

    Raises UnreadableError, also when the process that reads was ended for what it took."""
    limits = limits or Limits()
    with _at_its_own_place(file) as place, _child(place, limits, titles, whole) as said:
        for line in _lines(said, limits.seconds * _WAITS):
            told: Any = orjson.loads(line)
            if isinstance(told, list):
                yield from map(RawRow.from_json, told)
            elif told is None:
                return
            else:
                if why := told.get("why"):
                    logger.warning("table_unreadable", extra={"reason": why})
                raise UnreadableError(told["code"], **told["params"])
        # It ended without a word, as it does when it takes too much.
        raise UnreadableError("workbook_too_large_to_read")


@contextmanager
def _at_its_own_place(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The file as one that another process can have."""
    with tempfile.TemporaryFile() as place:
        file.seek(0)
        shutil.copyfileobj(file, place)
        place.seek(0)
        yield place


@contextmanager
def _child(place: IO[bytes], limits: Limits, titles: Collection[str], whole: int) -> Iterator[IO[bytes]]:
    """What the process says that reads. It gets nothing of our environment, and is ended when nobody listens any
    more."""
    task = orjson.dumps({"limits": asdict(limits), "titles": sorted(titles), "whole": whole})
    child = subprocess.Popen(
        [sys.executable, "-X", "utf8", "-m", _CHILD, task.decode()],
        cwd=_ROOT,
        env={"PYTHONPATH": str(_ROOT)},
        stdin=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdout is not None
    try:
        yield child.stdout
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def _lines(said: IO[bytes], seconds: float) -> Iterator[bytes]:
    """Whole lines, up to the end or until it was waited for so many seconds: the time in which nobody listens is not
    the reader's."""
    parts: list[bytes] = []
    for chunk in _chunks(said, seconds):
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            yield b"".join((*parts, line))
            parts.clear()
        parts.append(rest)
        if sum(map(len, parts)) > _LONGEST_LINE:
            return


def _chunks(said: IO[bytes], seconds: float) -> Iterator[bytes]:
    with selectors.DefaultSelector() as waiting:
        waiting.register(said, selectors.EVENT_READ)
        while seconds > 0:
            began = time.monotonic()
            if not waiting.select(seconds):
                return
            seconds -= time.monotonic() - began
            chunk = os.read(said.fileno(), _CHUNK)
            if not chunk:
                return
            yield chunk
