"""What may stand in a cell, whichever format the table goes out in."""

import re
from datetime import datetime

from chassis.base.clock import SHANGHAI
from chassis.papers.reading.cells import LONGEST_TEXT

EXACT_BELOW = 10**15
"""Excel keeps 15 digits of a number."""

# What XML 1.0 has no place for, and halves of surrogate pairs.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What readers would take for an escaped character (ECMA-376 part 1, 22.9.2.19).
_LIKE_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def plain(text: str) -> str:
    """A text without the characters that XML has no place for. A line ends with \\n: XML turns a bare \\r into one."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ILLEGAL.sub("", text)


def excel_text(text: str) -> str:
    """A text as a workbook keeps it, cut where Excel cuts it."""
    return _LIKE_ESCAPED.sub("_x005F_", plain(text))[:LONGEST_TEXT]


def local_time(instant: datetime) -> datetime:
    """An instant as clocks in China show it."""
    return instant.astimezone(SHANGHAI).replace(tzinfo=None)
