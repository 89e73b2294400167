"""A QR code is a picture with a quiet zone, the same for the same text."""

import re

from chassis.documents.qr import qr_code


def test_a_code_is_svg_with_a_quiet_zone_and_no_other_text_has_the_same() -> None:
    address = "https://example.org/verify/#registry/ZX20260000001/7K3MPQ9XWT4B"
    code = qr_code(address)
    assert code == qr_code(address) != qr_code(address[:-1] + "C")
    size = re.search(r'width="(\d+)" height="\1"', code)
    assert size is not None
    assert int(size[1]) == 37 + 2 * 4, "version 5, and four blank modules on every side"
    assert code.startswith("<svg ")
