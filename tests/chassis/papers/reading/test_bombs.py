"""Tables that somebody has tampered with are read or refused, with a reason and within the limits."""

from __future__ import annotations

import pytest

from chassis.papers.reading.limits import Limits
from tests.chassis.papers.bombs import Figures
from tests.chassis.papers.tampering import MADE, tampered


@pytest.mark.parametrize("maker", MADE)
def test_whatever_is_done_to_a_table_it_is_read_or_refused_with_a_reason(maker: str) -> None:
    figures = Figures()
    for seed in range(20):
        figures.try_one(seed, *tampered(seed, maker))
    assert (figures.without_reason, figures.stumbled) == ([], [])
    assert figures.processor < Limits().seconds
    assert sum(figures.outcomes.values()) == 20


@pytest.mark.parametrize("maker", MADE)
def test_what_nobody_has_tampered_with_is_read(maker: str) -> None:
    figures = Figures()
    figures.try_one(0, maker, MADE[maker]())
    assert (figures.without_reason, figures.stumbled, len(figures.outcomes)) == ([], [], 1)
    assert figures.outcomes.keys() <= {"read", "read, rows refused", "workbook_columns_hidden"}
