"""The process that reads: `python -m chassis.papers.reading.child <task>`, the file as standard input.

Whatever is in the file, only this process can run out of memory or time. It writes lines of JSON: lists of rows, and at
the end what went wrong, or null.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Collection, Iterator
from typing import IO, Any

import orjson

from chassis.papers.reading.cells import MOST_ROWS, RawRow, UnreadableError
from chassis.papers.reading.limits import Limits
from chassis.papers.reading.recognised import Format, recognise

BLOCK = 200
"""Rows that are told at once."""
BLOCK_CHARACTERS = 256 * 1024
"""The same in characters: no block has more, but for its last row."""


def blocks(file: IO[bytes], limits: Limits, titles: Collection[str] = (), whole: int = 0) -> Iterator[list[Any]]:
    """The rows of a table of any format, as they are told: all of the filled sheet with the number `whole`. Raises
    UnreadableError, also for more text than `limits` allow."""
    left = limits.characters
    block: list[Any] = []
    so_far = left
    for row in _rows(file, limits, titles, whole):
        if not 0 < row.number <= MOST_ROWS:
            raise UnreadableError("workbook_unreadable")
        left -= sum(len(cell.text) + len(cell.number_format) for cell in row.cells.values())
        if left < 0:
            raise UnreadableError("workbook_too_large_to_read")
        block.append(row.to_json())
        if len(block) >= BLOCK or so_far - left >= BLOCK_CHARACTERS:
            yield block
            block, so_far = [], left
    yield block


def _rows(file: IO[bytes], limits: Limits, titles: Collection[str], whole: int) -> Iterator[RawRow]:
    match recognise(file):
        case Format.XLSX:
            from chassis.papers.reading import xlsx

            return xlsx.rows(file, limits.unpacked, whole)
        case Format.ODS:
            from chassis.papers.reading import ods

            return ods.rows(file, limits.unpacked, whole)
        case Format.XLS:
            from chassis.papers.reading import xls

            return xls.rows(file, whole)
        case Format.TEXT:
            from chassis.papers.reading import separated

            return separated.rows(file, titles)


def main() -> None:
    """Read standard input and tell it."""
    task = orjson.loads(sys.argv[1])
    limits = Limits(**task["limits"])
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    said: Any = None
    try:
        for block in blocks(sys.stdin.buffer, limits, frozenset(task["titles"]), task["whole"]):
            _tell(block)
    except UnreadableError as refused:
        said = {"code": refused.code, "params": refused.params}
    except (MemoryError, RecursionError):
        said = {"code": "workbook_too_large_to_read", "params": {}}
    except Exception as error:  # whatever a library stumbles over: its name is for the log of who asked
        said = {"code": "workbook_unreadable", "params": {}, "why": type(error).__name__}
    _tell(said)


def _tell(what: Any) -> None:
    sys.stdout.buffer.write(orjson.dumps(what, option=orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    main()
