"""QR codes, as pictures that a template can place in any size."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Final

MIDDLING: Final = "m"
"""What may be dirty or torn of it: some 15 per cent."""


@lru_cache(maxsize=64)  # of a document in a batch it is drawn twice, and takes half as long as the page
def qr_code(text: str) -> str:
    """A text as the SVG of a QR code with its quiet zone."""
    import segno  # for processes that draw

    written = io.BytesIO()
    segno.make(text, error=MIDDLING, micro=False).save(written, kind="svg", xmldecl=False, nl=False)
    return written.getvalue().decode()
