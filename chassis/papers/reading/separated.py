"""Text with a line for each row: CSV, and what is copied out of a sheet, in the encodings of Chinese programs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import IO

from chassis.papers.reading.cells import MOST_COLUMNS, RawRow, UnreadableError, text_cell
from chassis.papers.reading.recognised import NO_TEXT

_MARKED = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_UNMARKED = ("utf-8", "gb18030")
_SEPARATORS = ",\t;，"
_LOOKED_AT = 10
"""Lines by which the separator is told: the header is one of them."""
_KEPT_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)


def rows(file: IO[bytes]) -> Iterator[RawRow]:
    """The rows with anything in them. Raises UnreadableError for what is no text."""
    text = decoded(file.read())
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    csv.field_size_limit(len(text) + 1)
    try:
        for number, line in enumerate(lines, start=1):
            cells = {place: text_cell(_plain(held)) for place, held in enumerate(line[:MOST_COLUMNS]) if held}
            if cells:
                yield RawRow(number, cells)
    except csv.Error:  # read on, an open quote would swallow all rows behind it
        raise UnreadableError("workbook_quotes_unclear") from None


def decoded(content: bytes) -> str:
    """The text in its encoding: as its mark says, else UTF-8, else GB 18030, which holds GBK and GB 2312. Raises
    UnreadableError."""
    encodings = next(([name] for mark, name in _MARKED if content.startswith(mark)), _UNMARKED)
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not NO_TEXT.search(text):
            return text
    raise UnreadableError("workbook_unreadable")


def _separator(text: str) -> str:
    """What stands most often in the first lines."""
    beginning = "\n".join(text[: 64 * 1024].splitlines()[:_LOOKED_AT])
    return max(_SEPARATORS, key=beginning.count)


def _plain(held: str) -> str:
    """Programs write ="0012" so that Excel takes no number for it."""
    kept = _KEPT_AS_TEXT.fullmatch(held)
    return kept[1].replace('""', '"') if kept else held
