"""The process that reads: `python -m chassis.papers.reading.child <limits>`, the file as standard input.

Whatever is in the file, only this process can run out of memory or time. It writes lines of JSON: lists of rows, and at
the end what went wrong, or null.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

from chassis.papers.reading.cells import MOST_ROWS, RawRow, UnreadableError
from chassis.papers.reading.limits import Limits
from chassis.papers.reading.recognised import Format, recognise

BLOCK = 200
"""Rows that are told at once."""


def read(file: IO[bytes], limits: Limits) -> Iterator[RawRow]:
    """The rows of a table of any format. Raises UnreadableError, also for more text than `limits` allow."""
    left = limits.characters
    for row in _rows(file, limits):
        if not 0 < row.number <= MOST_ROWS:
            raise UnreadableError("workbook_unreadable")
        left -= sum(len(cell.text) + len(cell.number_format) for cell in row.cells.values())
        if left < 0:
            raise UnreadableError("workbook_too_large_to_read")
        yield row


def _rows(file: IO[bytes], limits: Limits) -> Iterator[RawRow]:
    match recognise(file):
        case Format.XLSX:
            from chassis.papers.reading import xlsx

            return xlsx.rows(file, limits.unpacked)
        case Format.ODS:
            from chassis.papers.reading import ods

            return ods.rows(file, limits.unpacked)
        case Format.XLS:
            from chassis.papers.reading import xls

            return xls.rows(file)
        case Format.TEXT:
            from chassis.papers.reading import separated

            return separated.rows(file)


def main() -> None:
    """Read standard input and tell it."""
    limits = Limits(**json.loads(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    said: Any = None
    try:
        rows = read(sys.stdin.buffer, limits)
        while block := [row.to_json() for row in islice(rows, BLOCK)]:
            _tell(block)
    except UnreadableError as refused:
        said = {"code": refused.code, "params": refused.params}
    except (MemoryError, RecursionError):
        said = {"code": "workbook_too_large_to_read", "params": {}}
    except Exception as error:  # whatever a library stumbles over: its name is for the log of who asked
        said = {"code": "workbook_unreadable", "params": {}, "why": type(error).__name__}
    _tell(said)


def _tell(what: Any) -> None:
    sys.stdout.write(json.dumps(what, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
