"""A QR code and a bar code are pictures with quiet zones, the same for the same text."""

import re

import pytest

from chassis.documents.codes import LONGEST_BAR_CODE, bar_code, qr_code


def test_a_code_is_svg_with_a_quiet_zone_and_no_other_text_has_the_same() -> None:
    address = "https://example.org/verify/#registry/ZX20260000001/7K3MPQ9XWT4B"
    code = qr_code(address)
    assert code == qr_code(address) != qr_code(address[:-1] + "C")
    size = re.search(r'width="(\d+)" height="\1"', code)
    assert size is not None
    assert int(size[1]) == 37 + 2 * 4, "version 5, and four blank modules on every side"
    assert code.startswith("<svg ")


def test_bars_begin_and_end_as_code_128_does_with_a_quiet_zone_on_either_side() -> None:
    code = bar_code("HK20260001")
    assert code == bar_code("HK20260001") != bar_code("HK20260002")
    size = re.search(r'viewBox="0 0 (\d+) 1"', code)
    assert size is not None
    bars = [(int(at), int(width)) for at, width in re.findall(r"M(\d+) 0h(\d+)v1", code)]
    assert bars[0] == (10, 2), "each of the three beginnings starts with a bar of two"
    assert [width for _, width in bars[-4:]] == [2, 3, 1, 2], "the end: 2331112, of which every second is a bar"
    assert bars[-1][0] + bars[-1][1] + 10 == int(size[1])


@pytest.mark.parametrize("text", ["", "汇款单1", "a\n", "x" * (LONGEST_BAR_CODE + 1)])
def test_what_bars_cannot_say_well_has_none(text: str) -> None:
    assert bar_code(text) == ""
