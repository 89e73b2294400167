"""Documents in tests: what a PDF says, and what of it would be a box."""

from __future__ import annotations

import io
from collections.abc import Iterator

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream


def pages(pdf: bytes) -> list[PageObject]:
    """The pages of a document."""
    return list(PdfReader(io.BytesIO(pdf)).pages)


def text_of(pdf: bytes) -> str:
    """All that it says, without spaces: typst sets some between Han and Latin characters."""
    return "".join("".join(page.extract_text() for page in pages(pdf)).split())


def boxes(pdf: bytes) -> int:
    """How many characters no font had: glyph 0, of whatever font."""
    return sum(glyph == 0 for page in pages(pdf) for glyph in _glyphs(page))


def glyphs(pdf: bytes) -> int:
    """How many characters were drawn."""
    return sum(1 for page in pages(pdf) for _ in _glyphs(page))


def _glyphs(page: PageObject) -> Iterator[int]:
    content = page.get_contents()
    assert content is not None
    for operands, operator in ContentStream(content, page.pdf).operations:
        if operator not in (b"Tj", b"TJ"):
            continue
        parts = operands[0] if operator == b"TJ" else operands
        for part in parts:
            raw = part.original_bytes if hasattr(part, "original_bytes") else b""
            yield from (int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2))
