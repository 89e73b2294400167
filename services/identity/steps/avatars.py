"""People's pictures: drawn anew in two sizes, so that nothing is kept of a file but what can be seen of it."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING, Final

from chassis.papers.file_kinds import FileKind
from contracts.errors import ServiceError

if TYPE_CHECKING:
    from PIL.Image import Image

TAKEN: Final = (FileKind.PNG, FileKind.JPEG)
MOST_BYTES: Final = 2 * 1024 * 1024
LARGE: Final = 256
SMALL: Final = 64
"""Pixels of each side."""
_QUALITY: Final = 88


def drawn(file: IO[bytes]) -> tuple[bytes, bytes]:
    """A whole picture (what the gateway let in is one) as JPEG squares, large and small. Raises ServiceError
    `image_too_small` where it has less than the small one, `file_damaged`.

    Turned as the camera says; then all of that, where it was taken and with what, is gone.
    """
    from PIL import Image, ImageOps  # for who takes pictures in

    try:
        with Image.open(file, formats=["PNG", "JPEG"]) as opened:
            if min(opened.size) < SMALL:
                raise ServiceError("image_too_small", pixels=SMALL)
            opened.draft("RGB", (LARGE, LARGE))  # a JPEG is not read larger than it is needed
            square = ImageOps.fit(ImageOps.exif_transpose(opened).convert("RGBA"), (LARGE, LARGE))
    except (OSError, SyntaxError, ValueError):  # what Pillow says of a torn file
        raise ServiceError("file_damaged") from None
    paper = Image.new("RGB", square.size, "white")
    paper.paste(square, mask=square)
    return _encoded(paper), _encoded(paper.resize((SMALL, SMALL), Image.Resampling.LANCZOS))


def _encoded(picture: Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()
