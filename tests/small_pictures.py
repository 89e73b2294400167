"""Small pictures, made up: as settings hold them and documents show them."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image

RED = (214, 0, 0, 255)


def small_picture(mode: str = "RGBA", size: tuple[int, int] = (100, 100), **options: Any) -> str:
    """A red square of this mode of Pillow's as a PNG in Base64; `options` as for its `save`."""
    written = io.BytesIO()
    Image.new("RGBA", size, RED).convert(mode).save(written, "PNG", **options)
    return base64.b64encode(written.getvalue()).decode()
