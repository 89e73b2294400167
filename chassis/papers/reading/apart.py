"""Reading in a process apart, seen from outside."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from chassis.papers.reading.cells import RawRow, UnreadableError
from chassis.papers.reading.limits import Limits

logger = logging.getLogger(__name__)

_ROOT = Path(__file__).parents[3]
_CHILD = "chassis.papers.reading.child"
_LONGEST_LINE = 64 * 1024 * 1024
"""Characters of one block of rows: what a process tells that went mad."""
_WAITS = 3
"""How many seconds it may take for each second of processor time: others work beside."""


def raw_rows(file: IO[bytes], limits: Limits | None = None) -> Generator[RawRow, None, None]:
    """The rows of a table that somebody sent, of whatever format. Raises UnreadableError, also when the process that
    reads was ended for what it took."""
    limits = limits or Limits()
    with _at_its_own_place(file) as place, _child(place, limits) as child:
        assert child.stdout is not None
        while line := child.stdout.readline(_LONGEST_LINE):
            told: Any = _parsed(line)
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
def _child(place: IO[bytes], limits: Limits) -> Iterator[subprocess.Popen[str]]:
    """The process that reads. It gets nothing of our environment, and is ended when nobody listens any more."""
    child = subprocess.Popen(
        [sys.executable, "-X", "utf8", "-m", _CHILD, json.dumps(asdict(limits))],
        cwd=_ROOT,
        env={"PYTHONPATH": str(_ROOT)},
        stdin=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="ascii",
    )
    overdue = threading.Timer(limits.seconds * _WAITS, child.kill)
    overdue.daemon = True
    overdue.start()
    try:
        yield child
    finally:
        overdue.cancel()
        child.kill()
        assert child.stdout is not None
        child.stdout.close()
        child.wait()


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:  # it was ended in the middle of a line
        raise UnreadableError("workbook_too_large_to_read") from None
