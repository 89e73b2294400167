"""Small pictures that are values (`contracts.pictures`): whether one is whole, and how a document places it."""

from __future__ import annotations

import base64
import binascii
import io
from functools import lru_cache
from typing import Final

from contracts.errors import FieldError, ServiceError
from contracts.pictures import MOST_BYTES, MOST_PIXELS

_MODES: Final = {"1", "L", "LA", "P", "RGB", "RGBA"}
"""Eight bits a channel at most: whatever draws pictures can draw these."""


def refuse_unusable(picture: str, path: str) -> None:
    """Raises ServiceError `validation_failed` at `path` unless it is empty or can be drawn."""
    if picture and not _usable(picture):
        limits = {"kilobytes": MOST_BYTES // 1024, "pixels": MOST_PIXELS}
        raise ServiceError("validation_failed", [FieldError(path, "picture_unusable", limits)])


def _usable(picture: str) -> bool:
    from PIL import Image  # for who takes pictures in

    try:
        with Image.open(io.BytesIO(base64.b64decode(picture, validate=True)), formats=["PNG"]) as opened:
            small = max(opened.size) <= MOST_PIXELS
            if not small or opened.mode not in _MODES or getattr(opened, "is_animated", False):
                return False
            opened.load()
    except (binascii.Error, OSError, SyntaxError, ValueError):  # what Pillow says of a torn file
        return False
    return True


@lru_cache(maxsize=4)
def svg_of(picture: str) -> str:
    """The picture as SVG, which a template can be given as text; nothing of none."""
    if not picture:
        return ""
    width, height = _size(picture)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{picture}"/></svg>'
    )


def _size(picture: str) -> tuple[int, int]:
    from PIL import Image  # for processes that draw

    with Image.open(io.BytesIO(base64.b64decode(picture))) as opened:
        return opened.size
