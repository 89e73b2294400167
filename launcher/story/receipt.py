"""A bank's receipt as a picture."""

import io
from decimal import Decimal

from PIL import Image, ImageDraw


def receipt(number: str, amount: Decimal) -> bytes:
    """A PNG that shows number and amount of a transfer."""
    image = Image.new("RGB", (420, 160), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((8, 8, 411, 151), outline="grey")
    draw.text((30, 40), f"MADE-UP BANK  TRANSFER {number}", fill="black")
    draw.text((30, 90), f"CNY {amount}", fill="black")
    saved = io.BytesIO()
    image.save(saved, "PNG")
    return saved.getvalue()
