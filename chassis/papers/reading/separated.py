"""Text with a line for each row: CSV, and what is copied out of a sheet, in the encodings of Chinese programs."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import islice
from typing import IO

from chassis.papers.reading.cells import MOST_COLUMNS, RawRow, UnreadableError, bare_title, text_cell
from chassis.papers.reading.recognised import END_OF_FILE, NO_TEXT, SEPARATORS

_MARKED = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_UNMARKED = ("utf-8", "gb18030")
_LOOKED_AT = 20
"""Lines by which the separator is told: the header is one of them."""
_BEGINNING = 128 * 1024
_KEPT_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)


def rows(file: IO[bytes], titles: Collection[str] = ()) -> Iterator[RawRow]:
    """The rows with anything in them; `titles` are bare ones that the header may have. Raises UnreadableError for what
    is no text."""
    text = decoded(file.read())
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text[:_BEGINNING], titles), strict=True)
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
            text = content.decode(encoding).rstrip(END_OF_FILE)
        except UnicodeDecodeError:
            continue
        if not NO_TEXT.search(text):
            return text
    raise UnreadableError("workbook_unreadable")


def _separator(beginning: str, titles: Collection[str]) -> str:
    """What makes the best table of the first lines."""
    return max(SEPARATORS, key=lambda separator: _fit(beginning, separator, titles))


def _fit(beginning: str, separator: str, titles: Collection[str]) -> tuple[int, int, int]:
    """How many titles one line has, in how many lines there are as many fields, and how many fields those are."""
    csv.field_size_limit(len(beginning) + 1)
    lines = list(islice(csv.reader(io.StringIO(beginning, newline=""), delimiter=separator), _LOOKED_AT))
    known = max((sum(bare_title(field) in titles for field in line) for line in lines), default=0)
    [(fields, alike)] = Counter(len(line) for line in lines if len(line) > 1).most_common(1) or [(0, 0)]
    return known, alike, fields


def _plain(held: str) -> str:
    """Programs write ="0012" so that Excel takes no number for it."""
    kept = _KEPT_AS_TEXT.fullmatch(held)
    return kept[1].replace('""', '"') if kept else held
