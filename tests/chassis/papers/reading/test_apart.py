"""A process apart: how much it tells at once, and how long it is waited for."""

from __future__ import annotations

import io
import time

from chassis.papers.reading.apart import raw_rows
from chassis.papers.reading.cells import LONGEST
from chassis.papers.reading.child import BLOCK, BLOCK_CHARACTERS, blocks
from chassis.papers.reading.limits import Limits
from tests.chassis.papers.lists import text


def sizes(file: io.BytesIO) -> list[tuple[int, int]]:
    """Rows and characters of each block."""
    return [
        (len(block), sum(len(cell) for row in block for cell in row[1])) for block in blocks(file, Limits()) if block
    ]


def test_no_block_has_more_rows_or_characters_than_it_may() -> None:
    long = [["长" * LONGEST] * 50] * 20
    assert all(size <= BLOCK_CHARACTERS + 50 * LONGEST for _, size in sizes(text(*long)))
    assert len(sizes(text(*long))) == 10
    assert max(rows for rows, _ in sizes(text(*[["短"]] * (3 * BLOCK)))) == BLOCK


def test_what_rare_characters_become_on_the_way_is_what_they_were() -> None:
    [row] = raw_rows(text(["𠮷", "é", "\\", "\u2028"]))
    assert [cell.text for cell in row.cells.values()] == ["𠮷", "é", "\\", "\u2028"]


def test_who_listens_slowly_is_not_told_that_it_took_too_long() -> None:
    limits = Limits(seconds=1)  # which is three by the clock
    rows = raw_rows(text(*[["长" * LONGEST] * 5] * 800), limits)
    next(rows)
    slept = time.monotonic() + 3.3
    while time.monotonic() < slept:  # whoever enters rows meanwhile
        pass
    assert sum(1 for _ in rows) == 799
