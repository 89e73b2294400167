"""QR codes and bar codes, as pictures that a template can place in any size."""

from __future__ import annotations

import io
from functools import lru_cache
from itertools import groupby
from typing import Final

MIDDLING: Final = "m"
"""What may be dirty or torn of a QR code: some 15 per cent."""
LONGEST_BAR_CODE: Final = 40
"""Signs; printed as wide as a page allows, a hand-held reader can still tell the bars of so many."""
_QUIET: Final = 10
"""Modules without a bar on either side (ISO/IEC 15417)."""


@lru_cache(maxsize=64)  # of a document in a batch it is drawn twice, and takes half as long as the page
def qr_code(text: str) -> str:
    """A text as the SVG of a QR code with its quiet zone."""
    import segno  # for processes that draw

    written = io.BytesIO()
    segno.make(text, error=MIDDLING, micro=False).save(written, kind="svg", xmldecl=False, nl=False)
    return written.getvalue().decode()


def bar_code(text: str) -> str:
    """A text as the SVG of a Code 128 with its quiet zones, to be stretched; nothing of an empty or a long text, and of
    one with other signs than ASCII's."""
    if not (text.isascii() and text.isprintable() and 0 < len(text) <= LONGEST_BAR_CODE):
        return ""
    from barcode import Code128  # for processes that draw

    modules = Code128(text).build()[0]
    bars, at = [], _QUIET
    for dark, run in groupby(modules):
        width = len(list(run))
        if dark == "1":
            bars.append(f"M{at} 0h{width}v1h-{width}z")
        at += width
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {at + _QUIET} 1" width="{at + _QUIET}" height="1"'
        f' preserveAspectRatio="none"><path d="{"".join(bars)}"/></svg>'
    )
